"""The two recorded servers, and in what the sandbox is not like them; every difference has its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.sandbox import replay_v3, replay_v4
from tests.sandbox.replay import Setup

# What differs: the recording, the path in it (`*` is anything, alone the whole exchange), and why.
Differences = Mapping[tuple[str, str], str]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A recorded server. What is left out is not compared; of what is opaque only whether it is there.

    Moments are compared by their order within an answer; those that are opaque take no part in that.
    """

    version: str
    api: str
    exchanges: int
    setups: Mapping[int, Setup]
    unknown: tuple[str, ...]  # what the recordings ask for that is not there
    left_out: Differences
    opaque: Differences = field(default_factory=dict)


V3 = Replay(
    version="0.19.20",
    api="v3",
    exchanges=131,
    setups=replay_v3.SETUPS,
    unknown=("GET /api/v3/no/such/route",),
    left_out={
        ("post-create-slur", "*"): "decision 36: accepted, for the filter was cached, probably; refused here",
        ("logout", "headers.set-cookie"): "the sandbox gives browsers no cookie, so it takes none back",
    },
    opaque={
        ("login-*", "json.jwt"): "a token is signed with the server's own secret; cut from the recording",
        ("*", "json.*public_key"): "nothing is signed here, so there is no key; cut from the recording",
        ("*", "json.site.*ed"): "the real site was set up in several steps before the first sign-up",
        ("site-*", "json.site_view.*ed"): "likewise",
        ("site-*", "json.site_view.*_at"): "likewise",
        ("site-as-bot", "json.my_user.*.last_donation_notification"): "a random day of the year before",
        ("mention*", "json.*.person_mention.published"): "a moment after its comment; here in the same",
        ("replies-*", "json.*.comment_reply.published"): "likewise",
    },
)
V4 = Replay(
    version="1.0.0-beta.1",
    api="v4",
    exchanges=145,
    setups=replay_v4.SETUPS,
    unknown=("GET /api/v4/no/such/route",),
    left_out={
        ("*site-*", "json.all_languages.*"): "in no order: as the database gives them; compared apart",
        ("logout", "headers.set-cookie"): "the sandbox gives browsers no cookie, so it takes none back",
    },
    opaque={
        ("*login-*", "json.jwt"): "a token is signed with the server's own secret; cut from the recording",
        ("v3-site-*", "json.*public_key"): "nothing is signed here, so there is no key",
        ("*", "json.next_page"): "a cursor is the server's own affair",
        ("*site-*", "json.site_view.*_at"): "the real site was set up in several steps",
        ("v3-site-*", "json.site_view.*ed"): "likewise",
        ("community-*", "json.site.*_at"): "likewise",
        ("modlog-all", "json.*.target_instance.*_at"): "likewise",
        ("account-as-bot", "json.*.last_donation_notification_at"): "a random day of the year before",
        ("*", "json.*post_actions.voted_at"): "a moment after its post; here in the same",
        ("*", "json.*comment_actions.voted_at"): "likewise after its comment",
        ("*", "json.*post_actions.read_at"): "likewise",
        ("*", "json.*post_actions.read_comments_at"): "likewise",
        ("*", "json.*.became_moderator_at"): "likewise after its community, or after the modlog was written",
        ("*", "json.*.followed_at"): "likewise",
        ("notifications-*", "json.*.notification.published_at"): "likewise after what it is about",
    },
)
