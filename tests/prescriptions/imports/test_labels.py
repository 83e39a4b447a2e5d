"""Loading the labels of jobs and of domains from files."""

import json

import pytest
from django.core.management import CommandError, call_command

from prescriptions.models import Job, TrainingDomain

pytestmark = pytest.mark.django_db
JOBS = '"code_rome","code_ogr","libelle_rome","statut"\n"F1703","1","Maçonnerie","1"\n"K2204","2","Nettoyage","1"\n'


@pytest.fixture
def load(tmp_path, capsys):
    def run(text: str, *options) -> dict:
        file = tmp_path / "table.csv"
        file.write_text(text, encoding="utf-8")
        call_command("import_jobs", str(file), "--json", *options)
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return run


def test_jobs_are_loaded_and_loaded_again_without_change(load):
    assert load(JOBS)["created"] == 2
    assert not Job.objects.exists()  # dry
    assert load(JOBS, "--wet-run")["created"] == 2
    assert Job.objects.get(pk="F1703").search_key == "MACONNERIE"
    told = load(JOBS.replace("Nettoyage", "Nettoyage de locaux"), "--wet-run")
    assert (told["created"], told["updated"], told["unchanged"]) == (0, 1, 1)
    assert str(Job.objects.get(pk="K2204")) == "Nettoyage de locaux (K2204)"


def test_domains_are_recognised_by_their_columns(load):
    load("domaine;libelle\n223;BATIMENT GROS OEUVRE\n", "--wet-run")
    assert TrainingDomain.objects.get().label == "BATIMENT GROS OEUVRE"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,libelle\n1,A\n", "Les colonnes de ce fichier"),
        (JOBS + '"1703","3","Sans lettre","1"\n', "Ligne 4 : « 1703 »"),
        (JOBS + '"F1704","3","","1"\n', "Ligne 4 : « F1704 »"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line(load, text, said):
    with pytest.raises(CommandError, match=said):
        load(text, "--wet-run")
    assert not Job.objects.exists()
