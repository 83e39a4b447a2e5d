"""The rules of tests/strictness/ hold: each is broken here on purpose."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.urls import path

from config.readonly import WriteInReadOnlyPage, recording_access, writes
from tests.strictness.forms import FormWithoutToken, forms_without_token
from tests.strictness.templates import UndefinedTemplateVariable


@pytest.mark.parametrize(
    "source",
    ["{{ absent }}", "{{ known.absent }}", "{{ absent|upper }}", "{% for x in absent %}x{% endfor %}"],
)
def test_undefined_template_variable_fails(source):
    with pytest.raises(UndefinedTemplateVariable, match="absent"):
        Template(source).render(Context({"known": object()}))


@pytest.mark.parametrize(
    "source",
    [
        "{{ absent|default:'' }}",
        "{{ known }}",
        "{{ none|default_if_none:'' }}",
        "{% if absent %}x{% endif %}",
    ],
)
def test_declared_absence_passes(source):
    assert "absent" not in Template(source).render(Context({"known": "", "none": None}))


@pytest.mark.undefined_template_variables("absent")
def test_marker_lifts_the_template_rule():
    assert Template("{{ absent }}").render(Context({})) == ""


@pytest.mark.django_db
def test_unordered_query_is_shuffled_and_ordered_query_is_not():
    Group.objects.bulk_create(Group(name=f"g{n:02}") for n in range(30))
    names = [group.name for group in Group.objects.all()]
    assert names != sorted(names)
    assert [group.name for group in Group.objects.order_by("name")] == sorted(names)
    assert Group.objects.values_list("name", flat=True).distinct().count() == 30


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_flush_passes_a_trigger_that_refuses_truncate(turn):
    """The second turn starts from an empty table only if the flush after the first one worked."""
    assert not Group.objects.exists()
    Group.objects.create(name="row")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION refuse_for_test() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
        )
        cursor.execute(
            "CREATE OR REPLACE TRIGGER refuse_for_test BEFORE TRUNCATE ON auth_group"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_for_test()"
        )


@pytest.fixture(scope="module", autouse=True)
def _drop_the_trigger(django_db_setup, django_db_blocker):
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS refuse_for_test ON auth_group")
        cursor.execute("DROP FUNCTION IF EXISTS refuse_for_test()")
    connection.close()


def test_post_form_without_token_is_found():
    token = '<input type="hidden" name="csrfmiddlewaretoken" value="x">'
    assert forms_without_token('<form method="post" action="/a"><input name="b"></form>') == ["/a"]
    assert forms_without_token(f'<form method="POST" action="/a">{token}</form>') == []
    assert forms_without_token('<form method="get"><input name="q"></form>') == []


@login_not_required
def bad_form(request):
    return HttpResponse('<form method="post" action="/x"></form>')


@login_not_required
def writing_page(request):
    Group.objects.create(name="written by a page")
    return HttpResponse("ok")


@login_not_required
def logged_page(request):
    with recording_access():
        Group.objects.create(name="log")
    return HttpResponse("ok")


urlpatterns = [path("form/", bad_form), path("write/", writing_page), path("log/", logged_page)]
here = override_settings(ROOT_URLCONF=__name__)


@here
def test_page_with_a_form_without_token_fails():
    with pytest.raises(FormWithoutToken, match="/form/"):
        Client().get("/form/")


@here
@pytest.mark.django_db
def test_page_that_writes_on_get_fails():
    with pytest.raises(WriteInReadOnlyPage, match="INSERT"), transaction.atomic():
        Client().get("/write/")
    assert Client().post("/write/").status_code == 200


@here
@pytest.mark.django_db
def test_access_log_may_be_written_on_get():
    assert Client().get("/log/").status_code == 200
    assert Group.objects.filter(name="log").exists()


@here
@pytest.mark.django_db
@pytest.mark.writes_on_get
def test_marker_lifts_the_read_only_rule():
    assert Client().get("/write/").status_code == 200


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO a VALUES (1)", True),
        ("/* why */ UPDATE a SET b = 1", True),
        ("WITH x AS (INSERT INTO a VALUES (1) RETURNING *) SELECT * FROM x", True),
        ("WITH x AS (SELECT 1) UPDATE a SET b = 1", True),
        ("SELECT * FROM a FOR UPDATE OF a", False),
        ("WITH x AS (SELECT 1 FROM a FOR NO KEY UPDATE) SELECT * FROM x", False),
        ("SELECT 'UPDATE a SET b = 1'", False),
        ("CREATE TEMPORARY TABLE a ON COMMIT DROP AS SELECT 1", False),
        ("INSERT INTO pg_temp.a SELECT 1", False),
        ("CREATE TABLE a AS SELECT 1", True),
        ('SAVEPOINT "s1"', False),
    ],
)
def test_writing_statements_are_recognised(sql, expected):
    assert writes(sql) is expected
