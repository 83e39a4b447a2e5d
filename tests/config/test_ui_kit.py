"""The interface kit without a browser: tags, forms, tables, charts, and what the content policy forbids."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template

from config import assets, clock
from config.ui.charts import Chart, Series
from config.ui.icons import ICONS
from config.ui.tables import Column, headers, url_with

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("config", "pathways", "prescriptions", "followup", "notifications")
#: A mail is no page: no policy reaches it, and readers of mail know no style sheet.
MAILS = ROOT / "notifications" / "templates" / "notifications" / "mail"
TEMPLATES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("templates/**/*.html")
    if MAILS not in path.parents
)
REFUSED_BY_THE_POLICY = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "hx-on": re.compile(r"\bhx-on\b"),
    "another site": re.compile(r"""(src|href)=["'](https?:)?//"""),
}


def render(source, **context):
    return Template("{% load jalons %}" + source).render(Context(context))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_nothing_that_the_content_policy_refuses(path):
    found = [name for name, pattern in REFUSED_BY_THE_POLICY.items() if pattern.search(path.read_text())]
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_name_icons_of_the_sprite(path):
    named = re.findall(r"{% icon \"([^\"]+)\"", path.read_text())
    assert not set(named) - ICONS


def test_an_unknown_icon_or_tone_is_an_error():
    with pytest.raises(ValueError, match="licorne"):
        render("{% icon 'licorne' %}")
    with pytest.raises(ValueError, match="fuchsia"):
        render("{% state_badge 'État' 'fuchsia' %}")


def test_the_lock_file_names_no_registry():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_source_maps_are_cut_off_for_the_hashed_storage():
    assert assets.SOURCE_MAP.sub("", "a{}\n/*# sourceMappingURL=t.css.map */") == "a{}\n"
    assert assets.SOURCE_MAP.sub("", "f()\n//# sourceMappingURL=h.js.map") == "f()\n"


def test_an_impossible_action_gives_reason_and_remedy_and_no_button():
    action = {
        "label": "Enregistrer l'entrée",
        "url": "/entree/",
        "why": "aucune place.",
        "remedy": "Attendre",
    }
    html = render("{% action_list actions %}", actions=[action])
    assert "impossible, aucune place." in html
    assert "Attendre" in html
    assert "/entree/" not in html
    assert "<button" not in html


def test_a_corrected_event_is_struck_through_with_who_and_why():
    entry = {
        "occurred_on": date(2018, 1, 28),
        "title": "Entretien annulé",
        "is_annulled": True,
        "annulled_on": date(2018, 1, 30),
        "annulled_by": "Nadia Benali",
        "annulled_reason": "mauvaise personne",
    }
    html = render("{% timeline entries %}", entries=[entry])
    assert "<s>Entretien annulé</s>" in html
    assert "Corrigé le 30/01/2018 par Nadia Benali : mauvaise personne" in html


def test_verdicts_show_the_worst_first():
    items = [
        {"severity": "completeness", "place": "Ligne 3", "message": "m3"},
        {"severity": "rejected", "place": "Ligne 9", "message": "m9"},
    ]
    html = render("{% verdicts items %}", items=items)
    assert html.index("Ligne 9") < html.index("Ligne 3")
    assert "À vérifier" not in html


@pytest.mark.parametrize(
    ("held", "capacity", "said"),
    [
        (7, 12, "5\u00a0vides"),
        (9, 10, "1\u00a0vide"),
        (10, 10, "complet"),
        (11, 10, "surréservé"),
        (0, 0, "complet"),
    ],
)
def test_the_gauge_says_what_is_left(held, capacity, said):
    html = render("{% seats held capacity %}", held=held, capacity=capacity)
    assert said in html
    assert int(re.search(r'seats-held" width="(\d+)"', html).group(1)) <= 100


def test_old_data_is_marked():
    with clock.at(date(2018, 4, 9)):
        assert "à vérifier" in render("{% data_age at by='AFPA' %}", at=date(2018, 3, 1))
        assert "à vérifier" not in render("{% data_age at by='AFPA' %}", at=date(2018, 4, 7))


class SampleForm(forms.Form):
    entered_on = forms.DateField(label="Date d'entrée", help_text="Le premier jour.")
    step = forms.ChoiceField(label="Suite", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_a_field_is_linked_to_its_help_and_its_error():
    html = render("{% error_summary form %}{% form_fields form %}", form=SampleForm({}))
    assert 'aria-describedby="id_entered_on_helptext id_entered_on_error"' in html
    assert 'id="id_entered_on_error"' in html
    assert 'aria-invalid="true"' in html
    # The summary leads to the input itself, for a group to its first choice.
    assert 'href="#id_entered_on"' in html
    assert 'href="#id_step_0"' in html
    assert 'id="id_step_0"' in html


def test_a_date_input_is_native_and_iso_unless_the_value_is_not():
    native = render(
        "{% form_field form.entered_on %}", form=SampleForm(initial={"entered_on": date(2018, 4, 3)})
    )
    assert 'type="date"' in native
    assert 'value="2018-04-03"' in native
    typed = render("{% form_field form.entered_on %}", form=SampleForm({"entered_on": "31/02/2018"}))
    assert 'type="text"' in typed
    assert 'value="31/02/2018"' in typed


def test_sort_links_keep_filters_and_drop_the_cursor(rf):
    request = rf.get("/", {"bassin": "m", "apres": "xyz", "tri": "name"})
    name, since, actions = headers(
        request, [Column("Nom", "name"), Column("Depuis", "since"), Column("Actions")]
    )
    assert (name.url, name.aria_sort) == ("?bassin=m&tri=-name", "ascending")
    assert (since.url, since.aria_sort) == ("?bassin=m&tri=since", "none")
    assert (actions.url, actions.aria_sort) == ("", "")
    assert url_with(request, apres=None, tri="since") == "?bassin=m&tri=since"


def test_a_chart_refuses_uneven_series_and_tells_its_table():
    chart = Chart("g", "Constat", "bar", ["a", "b"], [Series("s", [1, None])])
    assert chart.rows() == [("a", [1]), ("b", [None])]
    with pytest.raises(ValueError, match="length"):
        Chart("g", "Constat", "bar", ["a"], [Series("s", [1, 2])])
    with pytest.raises(ValueError, match="pie"):
        Chart("g", "Constat", "pie", [], [])


def test_attendance_inputs_are_named_after_enrolment_day_and_half():
    grid = {
        "url": "/presences/",
        "label": "Présences",
        "codes": [{"code": "P", "label": "présent"}],
        "slots": [{"day": date(2018, 4, 9), "half": "am"}, {"day": date(2018, 4, 9), "half": "pm"}],
        "rows": [{"enrolment_id": 7, "name": "Amrani S.", "marks": {(date(2018, 4, 9), "am"): "P"}}],
    }
    html = render("{% attendance_grid grid %}", grid=grid)
    assert re.findall(r'select name="([^"]+)"', html) == ["m-7-20180409-am", "m-7-20180409-pm"]
    assert html.count('value="P" selected') == 1
    assert 'aria-label="Amrani S., lundi 9 avril 2018, matin"' in html
