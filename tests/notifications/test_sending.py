"""Sending: each mail once. Retries, refusals, doubts, two senders, and a sender that vanishes between any two steps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from config import clock, mail_folder
from notifications.digests import writing
from notifications.enums import MailState
from notifications.models import Mail, Subscription
from notifications.outbox import box, sending, transports
from pathways.enums import Role
from pathways.models import Membership
from tests.notifications.conftest import TODAY, Newsroom
from tests.notifications.sink import smtp_sink

LATER = timedelta(hours=13)  # longer than a lease and than any pause


def mails(room: Newsroom, number: int = 1) -> list[Mail]:
    """Mails for the référent, each with an alert of its own."""
    reader = room.world.referent
    (known,) = writing.directory().of_users([reader.user_id])
    for n in range(number):
        room.open(n, reader)
        letter = box.Letter(f"essai:{n}", known, f"Essai {n}", f"Texte {n}", f"<p>Page {n}</p>", [])
        assert box.put([letter]) == 1
        assert box.put([letter]) == 0  # its key is in
    return list(Mail.objects.order_by("pk"))


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "config.mail_folder.EmailBackend"
    settings.MAIL_FOLDER = tmp_path
    return tmp_path / "new"


@pytest.fixture
def sink(settings):
    with smtp_sink(settings) as running:
        yield running


def state(mail: Mail) -> str:
    return Mail.objects.get(pk=mail.pk).status


def test_a_mail_leaves_in_both_forms_and_can_be_recognised(room, folder):
    (mail,) = mails(room)
    assert sending.send_due() == {MailState.SENT: 1}
    (file,) = folder.iterdir()
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Message-ID"] == mail.message_id == box.message_id("essai:0")
    assert message["To"] == room.world.referent.user.email
    assert "mes-courriels" in message["List-Unsubscribe"]
    assert {part.get_content_type() for part in message.walk()} >= {"text/plain", "text/html"}
    assert sending.send_due() == {}


def test_whoever_left_meanwhile_gets_nothing(room, folder):
    (mail,) = mails(room)
    Membership.objects.filter(user=mail.recipient).update(ended_on=TODAY)
    assert sending.send_due() == {MailState.CANCELLED: 1}
    assert not folder.exists()


# ---- a sender that vanishes


class Killed(BaseException):
    """Nothing of the sender runs after it, as after kill -9."""


def killed_at(monkeypatch, owner, name: str, *, after: bool):
    """The sender vanishes before or after this step."""
    step = getattr(owner, name)

    def dies(*args, **kwargs):
        if after:
            step(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        with pytest.raises(Killed):
            sending.send_due()


STEPS = {
    "claim": (sending, "claim"),
    "hand over": (sending, "hand_over"),
    "draft": (mail_folder.os, "fsync"),
    "name": (mail_folder.os, "link"),
    "mark": (sending, "_end"),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_mail_is_sent_once(room, folder, monkeypatch, step, after):
    made = mails(room, 2)
    killed_at(monkeypatch, *STEPS[step], after=after)
    assert sending.send_due()[MailState.SENT] in (1, 2)  # the lease of the dead still runs
    with clock.at(clock.now() + LATER):
        sending.send_due()
        with clock.at(clock.now() + LATER):
            sending.send_due()
    assert [state(mail) for mail in made] == [MailState.SENT] * 2
    found = [message_from_bytes(file.read_bytes())["Message-ID"] for file in folder.iterdir()]
    assert sorted(found) == sorted(mail.message_id for mail in made)


def test_a_sender_that_wakes_up_after_its_lease_sends_nothing(room, sink):
    (mail,) = mails(room)
    slow = sending.claim()
    with clock.at(clock.now() + LATER):
        sending.send_due()
        with clock.at(clock.now() + LATER):
            assert sending.send_due() == {MailState.SENT: 1}
            sending.send(slow, transports.current())
    assert sink.ids() == [mail.message_id]
    assert state(mail) == MailState.SENT


@pytest.mark.parametrize(
    ("step", "after", "policy_word", "times", "ends"),
    [
        ("claim", True, "resend", 1, MailState.SENT),
        ("hand over", False, "hold", 1, MailState.SENT),
        ("hand over", True, "hold", 0, MailState.DOUBTFUL),
        ("mark", False, "hold", 1, MailState.DOUBTFUL),
        ("mark", False, "resend", 2, MailState.SENT),
        ("mark", True, "resend", 1, MailState.SENT),
    ],
)
def test_what_remains_in_doubt_with_a_server_that_cannot_be_asked(
    room, sink, settings, monkeypatch, step, after, policy_word, times, ends
):
    """Only between text and mark: « hold » never sends twice, « resend » never loses."""
    settings.MAIL_WHEN_DOUBTFUL = policy_word
    (mail,) = mails(room)
    killed_at(monkeypatch, *STEPS[step], after=after)
    for hours in (13, 26, 39):
        with clock.at(clock.now() + timedelta(hours=hours)):
            sending.send_due()
    assert state(mail) == ends
    assert sink.ids() == [mail.message_id] * times


def test_a_server_that_hangs_up_after_the_text_leaves_a_doubt(room, sink, settings):
    settings.MAIL_WHEN_DOUBTFUL = "hold"
    sink.is_mute = True
    (mail,) = mails(room)
    assert sending.send_due() == {MailState.DOUBTFUL: 1}
    assert box.send_again(mail.pk)
    sink.is_mute = False
    assert sending.send_due() == {MailState.SENT: 1}
    assert sink.ids() == [mail.message_id] * 2  # an administrator asked for it


# ---- refusals


def test_retries_wait_longer_and_longer_then_an_administrator_is_told(room, sink, client):
    sink.to_text = "451 plus tard"
    (mail,) = mails(room)
    moment, pauses = clock.now(), []
    while Mail.objects.get().status == MailState.READY:
        due = Mail.objects.get().next_attempt_at
        pauses.append(due - moment)
        moment = max(due, moment)
        with clock.at(moment):
            assert sum(sending.send_due().values()) == 1
            assert sending.send_due() == {}
    assert pauses == sorted(pauses)
    assert len(pauses) == len(sending.PAUSES) + 1
    assert sink.taken == []
    client.force_login(room.world.actors[Role.ADMINISTRATOR].user)
    page = client.get(reverse("notifications:mail", args=[mail.pk])).content.decode()
    assert "451 plus tard" in page
    assert "Vérifiez EMAIL_URL" in page
    sink.to_text = ""
    client.post(reverse("notifications:mail_send_again", args=[mail.pk]))
    assert sending.send_due() == {MailState.SENT: 1}
    assert "Envoyé" in client.get(reverse("notifications:mails"), {"etat": "sent"}).content.decode()


def test_an_address_that_is_refused_is_shown_and_left_alone(room, sink):
    writing.write_due()
    sink.to_recipients = "550 5.1.1 inconnu"
    (mail,) = mails(room)
    assert sending.send_due() == {MailState.REFUSED: 1}
    assert Subscription.objects.get(user=mail.recipient).bounced == mail.address
    mail.recipient.email = "juste@exemple.invalid"
    mail.recipient.save()
    sink.to_recipients = ""
    assert box.send_again(mail.pk)
    assert not box.send_again(mail.pk)
    assert sending.send_due() == {MailState.SENT: 1}
    assert Subscription.objects.get(user=mail.recipient).bounced == ""
    assert b"juste@exemple.invalid" in sink.taken[0]


def test_a_server_that_refuses_to_relay_condemns_no_address(room, sink):
    sink.to_recipients = "550 5.7.1 relais interdit"
    mails(room)
    assert sending.send_due() == {MailState.READY: 1}
    assert not Subscription.objects.exclude(bounced="").exists()
    assert "relais interdit" in Mail.objects.get().error


def test_without_a_server_everything_waits(room, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    (mail,) = mails(room)
    assert sending.send_due() == {MailState.READY: 1}
    assert state(mail) == MailState.READY


# ---- several senders


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_mail_once(kinds, sink):
    with clock.at(TODAY):
        kinds.append(Newsroom())
        made = mails(kinds[0], 12)
    together = Barrier(4)

    def run(_):
        try:
            with clock.at(TODAY):
                together.wait(10)
                return sending.send_due()[MailState.SENT]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 12
    assert sorted(sink.ids()) == sorted(mail.message_id for mail in made)


def test_old_mails_are_emptied_and_stay_known(room, folder):
    (mail,) = mails(room)
    sending.send_due()
    with clock.at(clock.now() + timedelta(days=31)):
        assert box.forget_old() == 1
        assert box.forget_old() == 0
    mail.refresh_from_db()
    assert (mail.text, mail.html, mail.status) == ("", "", MailState.SENT)
