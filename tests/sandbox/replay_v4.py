"""What happened between the recordings of 1.0.0-beta.1."""

from tests.sandbox.replay import Setup, Stage, people, settings, site


def _people(stage: Stage) -> None:
    # A 1.0 makes an account of its own when it is set up.
    people(stage, "lemmy-10", first=lambda: stage.sandbox.world.new_id("person"))


def _comments(stage: Stage) -> None:
    stage.hand("reader").comment(8, "A good article: https://news.example/a")
    stage.clock.advance(seconds=1)
    stage.hand("outsider").comment(8, "thank you", parent_id=2)
    stage.hand("outsider").vote_comment(2)


def _edited_comment(stage: Stage) -> None:
    stage.hand("reader").edit_comment(2, "A good article, edited in @megabot@lemmy.example unpin")
    stage.clock.advance(seconds=1)


def _restored(stage: Stage) -> None:
    stage.hand("modlin").remove(8, removed=False)


def _banned(stage: Stage) -> None:
    stage.hand("modlin").ban(2, 4)


def _unbanned(stage: Stage) -> None:
    stage.hand("modlin").ban(2, 4, ban=False)


def _removed_community(stage: Stage) -> None:
    stage.hand("admin").remove_community(3)


def _banned_from_site(stage: Stage) -> None:
    stage.hand("admin").ban_from_site(4)


def _token_of_a_banned(stage: Stage) -> None:
    stage.tokens["megabot"] = stage.sandbox.token_of("megabot")


SETUPS: dict[int, Setup] = {
    1: _people,
    77: settings(show_read_posts=False),
    80: settings(show_read_posts=True, show_bot_accounts=False),
    83: settings(show_bot_accounts=True),
    89: _comments,
    96: _edited_comment,
    116: _restored,
    123: _banned,
    126: _unbanned,
    127: _removed_community,
    133: site(rate_limit_post_max_requests=2, rate_limit_post_interval_seconds=600),
    137: site(
        rate_limit_post_max_requests=99999,
        rate_limit_post_interval_seconds=600,
        rate_limit_register_max_requests=1,
        rate_limit_register_interval_seconds=3600,
    ),
    141: site(rate_limit_register_max_requests=99999),
    144: _banned_from_site,
    145: _token_of_a_banned,
}
