"""The v3 calls about accounts and people: fields in, views out; the rules are in `accounts`."""

from megabot.sandbox import accounts, comment_list, inbox, post_list, v3_rows, v3_views
from megabot.sandbox.accounts import SettingsChange
from megabot.sandbox.comment_list import CommentQuery, comment_sort
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.post_list import PostQuery
from megabot.sandbox.records import Person
from megabot.sandbox.refusal import Refusal, not_found_by_name
from megabot.sandbox.v3_posts import page


def login(ask: Ask) -> Json:
    """POST /user/login."""
    name, password = ask.fields.text("username_or_email"), ask.fields.text("password")
    code = ask.fields.text_or_none("totp_2fa_token")
    return _signed_in(accounts.login(ask.world, name, password, code))


def register(ask: Ask) -> Json:
    """POST /user/register."""
    name, password = ask.fields.text("username"), ask.fields.text("password")
    return _signed_in(accounts.register(ask.world, name, password, ask.fields.text("password_verify")))


def logout(ask: Ask) -> Json:
    """POST /user/logout."""
    ask.person()
    accounts.logout(ask.world, ask.token or "")
    return {"success": True}


def validate(ask: Ask) -> Json:
    """GET /user/validate_auth."""
    ask.check_signed_in()
    return {"success": True}


def change_password(ask: Ask) -> Json:
    """PUT /user/change_password."""
    new, repeated = ask.fields.text("new_password"), ask.fields.text("new_password_verify")
    old = ask.fields.text("old_password")
    return _signed_in(accounts.change_password(ask.world, ask.person(), old, new, repeated))


def save_settings(ask: Ask) -> Json:
    """PUT /user/save_user_settings."""
    fields = ask.fields
    change = SettingsChange(
        show_nsfw=fields.flag_or_none("show_nsfw"),
        show_bot_accounts=fields.flag_or_none("show_bot_accounts"),
        show_read_posts=fields.flag_or_none("show_read_posts"),
        bot_account=fields.flag_or_none("bot_account"),
        display_name=fields.text_or_none("display_name"),
        default_sort_type=fields.choice_or_none("default_sort_type", post_list.POST_SORTS),
        default_listing_type=fields.choice_or_none("default_listing_type", post_list.LISTING_TYPES),
        languages=fields.numbers_or_none("discussion_languages"),
    )
    accounts.save_settings(ask.world, ask.person(), change)
    return {"success": True}


def ban(ask: Ask) -> Json:
    """POST /user/ban."""
    person_id, wanted = ask.fields.number("person_id"), ask.fields.flag("ban")
    reason = ask.fields.text_or_none("reason")
    person = accounts.ban_from_site(ask.world, ask.person(), person_id, ban=wanted, reason=reason)
    return {"person_view": v3_views.person_view(ask.world, person), "banned": wanted}


def block(ask: Ask) -> Json:
    """POST /user/block."""
    person_id, wanted = ask.fields.number("person_id"), ask.fields.flag("block")
    target = inbox.block(ask.world, ask.person(), person_id, block=wanted)
    return {"person_view": v3_views.person_view(ask.world, target), "blocked": wanted}


def profile(ask: Ask) -> Json:
    """GET /user: a person with posts and comments; the sort is Hot unless one is asked for."""
    fields, world = ask.fields, ask.world
    sort, cut = fields.choice_or_none("sort", post_list.POST_SORTS), page(fields)
    community_id = fields.number_or_none("community_id")
    person = _wanted(ask, fields.number_or_none("person_id"), fields.text_or_none("username"))
    wanted_posts = PostQuery(
        reader=ask.caller,
        page=cut,
        sort=sort or "Hot",
        community_id=community_id,
        creator_id=person.id,
    )
    wanted_comments = CommentQuery(
        reader=ask.caller,
        page=cut,
        sort=comment_sort(sort),
        community_id=community_id,
        creator_id=person.id,
    )
    posts, comments = post_list.posts(world, wanted_posts), comment_list.comments(world, wanted_comments)
    return {
        "person_view": v3_views.person_view(world, person),
        "site": v3_rows.site(world),
        "comments": [v3_views.comment_view(world, comment, ask.caller) for comment in comments],
        "posts": [v3_views.post_view(world, post, ask.caller) for post in posts],
        "moderates": v3_views.seats_of(world, person),
    }


def _wanted(ask: Ask, number: int | None, name: str | None) -> Person:
    if number is None and name is None:
        raise Refusal("no_id_given")
    ask.check_may_read()
    if number is not None:
        if number not in ask.world.people:
            raise Refusal("couldnt_find_person")
        return ask.world.people[number]
    host = (name or "").partition("@")[2]
    person = ask.world.person_called(name or "", fetches=ask.caller is not None)
    if person is None:
        raise (
            Refusal("couldnt_find_person")
            if host and ask.caller
            else not_found_by_name("couldnt_find_person")
        )
    return person


def _signed_in(token: str) -> Json:
    return {"jwt": token, "registration_created": False, "verify_email_sent": False}
