"""What happened between the recordings of 0.19.20."""

from lemmy_sandbox import User
from tests.sandbox.replay import Setup, Stage, people, settings, site


def _people(stage: Stage) -> None:
    people(stage, "lemmy-019")


def _comments(stage: Stage) -> None:
    stage.hand("reader").comment(8, "A good article: https://news.example/a")
    stage.hand("modlin").comment(8, "thank you", parent_id=2)
    stage.hand("modlin").vote_comment(2)


def _edited_comment(stage: Stage) -> None:
    stage.hand("reader").edit_comment(2, "A good article, edited in @megabot@lemmy.example unpin")


def _banned(stage: Stage) -> None:
    stage.hand("modlin").ban(2, 3)


def _unbanned(stage: Stage) -> None:
    stage.hand("modlin").ban(2, 3, ban=False)


def _without_filter(stage: Stage) -> None:
    """Clear the filter, and post what recording 114 posted, so that later ids and counts are the same."""
    site(slur_filter_regex="")(stage)
    stage.hand("megabot").create_post(2, "A title with badword in it")


def _other_password(stage: Stage) -> None:
    stage.tokens["megabot"] = stage.sandbox.token_of("megabot")
    _change_password(stage, "correct horse", "battery staple")


def _banned_from_site(stage: Stage) -> None:
    hand = User(stage.sandbox.url, "megabot", "battery staple")
    hand.login()
    stage.clock.advance(seconds=1)
    hand.put("user/change_password", **_passwords("battery staple", "correct horse"))
    stage.hand("admin").post("user/ban", person_id=3, ban=True)


def _change_password(stage: Stage, old: str, new: str) -> None:
    stage.clock.advance(seconds=1)
    stage.hand("megabot").put("user/change_password", **_passwords(old, new))
    stage.clock.advance(seconds=1)


def _passwords(old: str, new: str) -> dict[str, str]:
    return {"old_password": old, "new_password": new, "new_password_verify": new}


def _restored(stage: Stage) -> None:
    stage.hand("modlin").remove(8, removed=False)


def _removed_community(stage: Stage) -> None:
    stage.hand("admin").post("community/remove", community_id=3, removed=True)


SETUPS: dict[int, Setup] = {
    1: _people,
    62: settings(show_read_posts=False),
    65: settings(show_read_posts=True, show_bot_accounts=False),
    66: settings(show_bot_accounts=True),
    72: _comments,
    78: _edited_comment,
    100: _restored,
    108: _banned,
    111: _unbanned,
    112: _removed_community,
    114: site(slur_filter_regex="badword"),
    115: _without_filter,
    118: site(rate_limit_post=2, rate_limit_post_per_second=600),
    122: site(
        rate_limit_post=99999,
        rate_limit_post_per_second=1,
        rate_limit_register=1,
        rate_limit_register_per_second=3600,
    ),
    126: site(rate_limit_register=99999, rate_limit_register_per_second=1),
    129: _other_password,
    130: _banned_from_site,
}
