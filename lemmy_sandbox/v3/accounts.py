"""The calls about accounts and people that v3 has in its own way; the rules are in `accounts`."""

from lemmy_sandbox.calls import accounts as calls_accounts
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Person
from lemmy_sandbox.rules import accounts, comment_list, post_list
from lemmy_sandbox.rules.comment_list import CommentQuery, comment_sort
from lemmy_sandbox.rules.post_list import LISTING_TYPES, POST_SORTS, PostQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v3.lists import page


def validate(call: Call) -> Json:
    """GET /user/validate_auth."""
    call.check_signed_in()
    return {"success": True}


def change_password(call: Call) -> Json:
    """PUT /user/change_password."""
    new, repeated = call.fields.text("new_password"), call.fields.text("new_password_verify")
    old = call.fields.text("old_password")
    return calls_accounts.token_answer(
        accounts.change_password(call.world, call.person(), old, new, repeated)
    )


def save_settings(call: Call) -> Json:
    """PUT /user/save_user_settings."""
    sort = call.fields.choice_or_none("default_sort_type", POST_SORTS)
    listing_type = call.fields.choice_or_none("default_listing_type", LISTING_TYPES)
    return calls_accounts.save_settings(call, sort, listing_type)


def profile(call: Call) -> Json:
    """GET /user: a person with posts and comments; the sort is Hot unless one is asked for."""
    fields, world = call.fields, call.world
    sort, cut = fields.choice_or_none("sort", POST_SORTS), page(fields)
    community_id = fields.number_or_none("community_id")
    person = _wanted(call, fields.number_or_none("person_id"), fields.text_or_none("username"))
    wanted_posts = PostQuery(
        reader=call.caller,
        page=cut,
        sort=sort or "Hot",
        community_id=community_id,
        creator_id=person.id,
    )
    wanted_comments = CommentQuery(
        reader=call.caller,
        page=cut,
        sort=comment_sort(sort),
        community_id=community_id,
        creator_id=person.id,
    )
    posts = post_list.list_posts(world, wanted_posts)
    comments = comment_list.list_comments(world, wanted_comments)
    return {
        "person_view": call.views.person_view(world, person, call.caller),
        "site": call.views.site(world),
        "comments": [call.views.comment_view(world, comment, call.caller) for comment in comments],
        "posts": [call.views.post_view(world, post, call.caller) for post in posts],
        "moderates": call.seats_of(person),
    }


def _wanted(call: Call, number: int | None, name: str | None) -> Person:
    if number is None and name is None:
        raise Refusal("no_id_given")
    call.check_may_read()
    if number is not None:
        if number not in call.world.people:
            raise Refusal("couldnt_find_person")
        return call.world.people[number]
    return call.person_called(name or "", "couldnt_find_person")
