-- A ledger as megabot 0.1.0 wrote it, with every kind of fact, intent, post, text and command.
PRAGMA application_id = 1296385857;
PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE commands (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        author TEXT NOT NULL,
        actor TEXT NOT NULL,
        verb TEXT NOT NULL,
        threads TEXT NOT NULL,
        said TEXT NOT NULL,
        answer TEXT NOT NULL,
        person_id INTEGER NOT NULL,
        post_id INTEGER NOT NULL,
        comment_id INTEGER NOT NULL
    ) STRICT
    ;
INSERT INTO "commands" VALUES(1,'comment:40','2026-11-16T13:00:00.000000+00:00','ignored','kim','https://lemmy.example/u/kim','','','','',0,0,0);
INSERT INTO "commands" VALUES(2,'comment:41','2026-11-16T14:00:00.000000+00:00','closed','kim','https://lemmy.example/u/kim','repost','knots','@threadbot repost “now”

please','Done.',4,202,41);
INSERT INTO "commands" VALUES(3,'message:7','2026-11-16T15:00:00.000000+00:00','code due','kim','https://lemmy.example/u/kim','undo','tea knots','undo tea','',4,0,0);
INSERT INTO "commands" VALUES(4,'message:8','2026-11-16T16:00:00.000000+00:00','acting','kim','https://lemmy.example/u/kim','hold','tea','hold tea','',4,0,0);
INSERT INTO "commands" VALUES(5,'message:9','2026-11-16T17:00:00.000000+00:00','answer due','kim','https://lemmy.example/u/kim','skip','','','It is skipped.',5,0,0);
INSERT INTO "commands" VALUES(6,'shell:1','2026-11-16T18:00:00.000000+00:00','answering','kim','https://lemmy.example/u/kim','post','tea','','It is posted.',0,0,0);
CREATE TABLE facts (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "facts" VALUES('written by','0.1.0');
INSERT INTO "facts" VALUES('owner','{"name": "threadbot", "host": "lemmy.example", "address": "127.0.0.1:8536"}');
INSERT INTO "facts" VALUES('api','v3');
INSERT INTO "facts" VALUES('born','2026-09-07T12:00:00.250000+00:00');
INSERT INTO "facts" VALUES('languages','{"und": 0, "en": 37, "de": 32}');
INSERT INTO "facts" VALUES('inbox:watermark','{"at": "2026-11-16T13:00:00+00:00", "newest": {"replies": 41, "messages": 7}}');
INSERT INTO "facts" VALUES('amendments:tea','[{"kind": "hold", "edition": "2026-W48", "by": "kim", "at": "2026-11-17T12:00:00+00:00", "slot": null, "text": ""}, {"kind": "move", "edition": "2026-W48", "by": "kim", "at": "2026-11-17T13:00:00+00:00", "slot": "2026-11-24T18:00:00+00:00", "text": ""}, {"kind": "preamble", "edition": "2026-W49", "by": "sam", "at": "2026-11-17T14:00:00+00:00", "slot": null, "text": "Two mugs \u2014 \u201cone blue\u201d.\n\nSee below."}]');
INSERT INTO "facts" VALUES('amendments:knots','[{"kind": "skip", "edition": "2026-W50", "by": "sam", "at": "2026-11-17T15:00:00+00:00", "slot": null, "text": ""}]');
INSERT INTO "facts" VALUES('amendments:maps','[]');
INSERT INTO "facts" VALUES('amended','6');
INSERT INTO "facts" VALUES('note:tea','{"edition": "2026-W47", "text": "The kettle is *hot*.", "by": "kim", "at": "2026-11-17T12:00:00+00:00", "until": "2026-11-18T12:00:00+00:00"}');
INSERT INTO "facts" VALUES('note:knots','{"edition": "2026-W47", "text": "Mind the bowline.", "by": "sam", "at": "2026-11-17T12:00:00+00:00", "until": null}');
INSERT INTO "facts" VALUES('note:maps','');
INSERT INTO "facts" VALUES('featured:tea/2026-W47','[{"comment_id": 1, "post_id": 103, "author": "robin@lemmy.example", "actor": "https://lemmy.example/u/robin", "url": "https://lemmy.example/comment/1", "at": "2026-11-16T13:00:00+00:00", "line": "Line “1” of a comment", "by": "kim", "since": "2026-11-17T13:00:00+00:00"}, {"comment_id": 2, "post_id": 103, "author": "wren@lemmy.example", "actor": "https://lemmy.example/u/wren", "url": "https://lemmy.example/comment/2", "at": "2026-11-16T14:00:00+00:00", "line": "Line “2” of a comment", "by": "kim", "since": "2026-11-17T14:00:00+00:00"}]');
INSERT INTO "facts" VALUES('featured:tea/2026-W46','[{"comment_id": 3, "post_id": 103, "author": "robin@lemmy.example", "actor": "https://lemmy.example/u/robin", "url": "https://lemmy.example/comment/3", "at": "2026-11-16T15:00:00+00:00", "line": "Line “3” of a comment", "by": "kim", "since": "2026-11-17T15:00:00+00:00"}]');
INSERT INTO "facts" VALUES('featured:knots/2026-W47','[]');
INSERT INTO "facts" VALUES('optout','["https://lemmy.example/u/finch", "https://lemmy.example/u/heron"]');
INSERT INTO "facts" VALUES('alerts','{"tea:late": ["\u201ctea\u201d is late; to post it, run: ", ["megabot post tea", "`post tea`"]], "inbox": "The inbox cannot be read: \u201ctimeout\u201d."}');
INSERT INTO "facts" VALUES('told','{"tea:late": {"state": "sent", "sentence": ["\u201ctea\u201d is late; run ", ["megabot post tea", "`post tea`"]], "at": "2026-11-17T12:00:00+00:00"}, "source": {"state": "ending", "sentence": "The templates are broken.", "at": "2026-11-18T12:00:00+00:00"}, "links": {"state": "sending", "sentence": "A link is dead.", "at": "2026-11-18T13:00:00+00:00"}}');
INSERT INTO "facts" VALUES('alerts:wishes','{"4": true, "5": false}');
INSERT INTO "facts" VALUES('community:kitchen','{"id": 3, "name": "kitchen", "actor": "https://lemmy.example/c/kitchen", "local": true, "nsfw": false}');
INSERT INTO "facts" VALUES('community:harbour@away.example','{"id": 9, "name": "harbour", "actor": "https://away.example/c/harbour", "local": false, "nsfw": true}');
INSERT INTO "facts" VALUES('community:gone','');
INSERT INTO "facts" VALUES('person:kim','4');
INSERT INTO "facts" VALUES('person:sam@away.example','5');
INSERT INTO "facts" VALUES('image:pictures/kettle.png:9f2c','https://lemmy.example/pictrs/image/kettle.png');
INSERT INTO "facts" VALUES('image:pictures/odd: name.png:77aa','https://lemmy.example/pictrs/image/odd.png');
INSERT INTO "facts" VALUES('image:pictures/failed.png:01ff','');
INSERT INTO "facts" VALUES('confirmations','[{"digest": "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "order": "message:7", "actor": "https://lemmy.example/u/kim", "until": "2026-11-18T12:00:00+00:00", "used": ""}, {"digest": "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "order": "comment:9", "actor": "https://lemmy.example/u/sam", "until": "2026-11-19T12:00:00+00:00", "used": "comment:10"}]');
INSERT INTO "facts" VALUES('answers:comments','["2026-11-17T12:00:00+00:00", "2026-11-17T12:05:00+00:00"]');
INSERT INTO "facts" VALUES('links:checked','2026-11-13T12:00:00+00:00');
INSERT INTO "facts" VALUES('site:looked','2026-11-15T13:00:00+01:00');
INSERT INTO "facts" VALUES('site:turn','100');
INSERT INTO "facts" VALUES('site:highlights','12');
INSERT INTO "facts" VALUES('highlights:tea','["2026-11-17T12:00:00+00:00", 2]');
INSERT INTO "facts" VALUES('schedule:tea','5e1f
2026-09-07T12:00:00+00:00');
INSERT INTO "facts" VALUES('schedule:knots','77ab
2026-09-07T12:00:00+00:00');
INSERT INTO "facts" VALUES('standing:tea','103 pinned');
INSERT INTO "facts" VALUES('standing:knots','202 unpinned');
INSERT INTO "facts" VALUES('standing:maps','');
INSERT INTO "facts" VALUES('move:knots','9');
INSERT INTO "facts" VALUES('home:knots','{"post_id": 202, "pin": "not_pinned", "first": "2026-11-16T12:00:00+00:00", "last": "2026-11-17T12:00:00+00:00", "software": "Lemmy 0.19.20", "refuses": true, "trouble": "it was away"}');
INSERT INTO "facts" VALUES('failing:knots','2026-11-17T16:00:00+00:00');
INSERT INTO "facts" VALUES('failing:tea','');
CREATE TABLE intents (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        thread TEXT NOT NULL,
        edition TEXT NOT NULL,
        copy INTEGER NOT NULL,
        post_id INTEGER NOT NULL,
        at TEXT NOT NULL,
        draft TEXT,
        text TEXT NOT NULL,
        context TEXT NOT NULL,
        ordered_by TEXT NOT NULL,
        state TEXT NOT NULL,
        changed TEXT NOT NULL,
        note TEXT NOT NULL
    , essay TEXT NOT NULL DEFAULT '') STRICT
    ;
INSERT INTO "intents" VALUES(1,'publish','tea','2026-W46',1,0,'2026-11-09T12:00:00.000000+00:00','{"title": "Tea of the week 46", "body": "Zwölf — “so many”\n\n:::", "link": "https://lemmy.example/tea", "thumbnail": "https://lemmy.example/t.png", "alt_text": "a mug", "nsfw": true, "language_id": 37, "tags": ["tea", "mugs"]}','','','','refused','2026-11-09T12:01:00.000000+00:00','the title is too long','');
INSERT INTO "intents" VALUES(2,'publish','tea','2026-W46',1,0,'2026-11-09T12:05:00.000000+00:00','{"title": "Tea 46", "body": "Zwölf — “so many”\n\n:::", "link": "https://lemmy.example/tea", "thumbnail": "https://lemmy.example/t.png", "alt_text": "a mug", "nsfw": true, "language_id": 37, "tags": []}','','{"number": 46}','','done','2026-11-09T12:06:00.000000+00:00','','');
INSERT INTO "intents" VALUES(3,'pin','tea','2026-W46',1,102,'2026-11-09T12:06:00.000000+00:00',NULL,'','','','done','2026-11-09T12:07:00.000000+00:00','','');
INSERT INTO "intents" VALUES(4,'publish','tea','2026-W47',1,0,'2026-11-16T12:00:00.000000+00:00','{"title": "Tea of the week 47", "body": "Zwölf — “so many”\n\n:::", "link": "https://lemmy.example/tea", "thumbnail": "https://lemmy.example/t.png", "alt_text": "a mug", "nsfw": true, "language_id": 37, "tags": ["tea", "mugs"]}','','{"number": 47}','','done','2026-11-16T12:01:00.000000+00:00','','One mug.');
INSERT INTO "intents" VALUES(5,'unpin','tea','2026-W46',1,102,'2026-11-16T12:01:00.000000+00:00',NULL,'','','','done','2026-11-16T12:02:00.000000+00:00','','');
INSERT INTO "intents" VALUES(6,'comment','tea','2026-W46',1,102,'2026-11-16T12:02:00.000000+00:00',NULL,'The new thread: https://lemmy.example/post/103','','','done','2026-11-16T12:03:00.000000+00:00','','');
INSERT INTO "intents" VALUES(7,'edit','tea','2026-W47',1,103,'2026-11-17T12:00:00.000000+00:00','{"title": "Tea of the week 47", "body": "Thirteen", "link": "https://lemmy.example/tea", "thumbnail": "https://lemmy.example/t.png", "alt_text": "a mug", "nsfw": true, "language_id": 37, "tags": ["tea", "mugs"]}','','','','absent','2026-11-17T12:01:00.000000+00:00','','');
INSERT INTO "intents" VALUES(8,'edit','tea','2026-W47',1,103,'2026-11-17T13:00:00.000000+00:00','{"title": "Tea of the week 47", "body": "Fourteen", "link": "https://lemmy.example/tea", "thumbnail": "https://lemmy.example/t.png", "alt_text": "a mug", "nsfw": true, "language_id": 37, "tags": ["tea", "mugs"]}','','','','unknown','2026-11-17T13:01:00.000000+00:00','','');
INSERT INTO "intents" VALUES(9,'publish','knots','2026-W47',1,0,'2026-11-16T12:00:00.000000+00:00','{"title": "Knots", "body": "Zwölf — “so many”\n\n:::", "link": "https://lemmy.example/tea", "thumbnail": "https://lemmy.example/t.png", "alt_text": "a mug", "nsfw": true, "language_id": 37, "tags": ["tea", "mugs"]}','','','message:5','not_sent','2026-11-16T12:01:00.000000+00:00','','');
INSERT INTO "intents" VALUES(10,'publish','knots','2026-W47',2,0,'2026-11-16T12:10:00.000000+00:00','{"title": "Knots again", "body": "Zwölf — “so many”\n\n:::", "link": "https://lemmy.example/tea", "thumbnail": "https://lemmy.example/t.png", "alt_text": "a mug", "nsfw": true, "language_id": 37, "tags": ["tea", "mugs"]}','','','message:6','done','2026-11-16T12:11:00.000000+00:00','','');
INSERT INTO "intents" VALUES(11,'pin','knots','2026-W47',2,202,'2026-11-16T12:11:00.000000+00:00',NULL,'','','','sending','2026-11-16T12:11:00.000000+00:00','','');
CREATE TABLE posts (
        post_id INTEGER PRIMARY KEY,
        thread TEXT NOT NULL,
        edition TEXT NOT NULL,
        number INTEGER NOT NULL,
        slot TEXT NOT NULL,
        community_id INTEGER NOT NULL,
        url TEXT NOT NULL,
        title TEXT NOT NULL,
        copy INTEGER NOT NULL,
        source_commit TEXT NOT NULL,
        dirty INTEGER NOT NULL,
        sent TEXT NOT NULL,
        answered TEXT NOT NULL,
        context TEXT NOT NULL,
        adopted INTEGER NOT NULL
    , withdrawn INTEGER NOT NULL DEFAULT 0) STRICT
    ;
INSERT INTO "posts" VALUES(101,'tea','2026-W45',45,'2026-11-02T12:00:00.000000+00:00',3,'https://lemmy.example/post/101','tea 45',1,'',0,'','','',1,0);
INSERT INTO "posts" VALUES(102,'tea','2026-W46',46,'2026-11-09T12:00:00.000000+00:00',3,'https://lemmy.example/post/102','tea 46',1,'0a1b2c',0,'5e','7f','{"number": 46}',0,0);
INSERT INTO "posts" VALUES(103,'tea','2026-W47',47,'2026-11-16T12:00:00.000000+00:00',3,'https://lemmy.example/post/103','tea 47',1,'0a1b2c',1,'5e','7f','{"number": 47}',0,0);
INSERT INTO "posts" VALUES(201,'knots','2026-W47',12,'2026-11-16T12:00:00.000000+00:00',3,'https://lemmy.example/post/201','knots 12',1,'0a1b2c',0,'5e','7f','{"number": 12}',0,1);
INSERT INTO "posts" VALUES(202,'knots','2026-W47',12,'2026-11-16T12:00:00.000000+00:00',9,'https://lemmy.example/post/202','knots 12',2,'0a1b2c',0,'5e','7f','{"number": 12}',0,0);
CREATE TABLE texts (
        post_id INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        essay TEXT NOT NULL,
        published TEXT NOT NULL,
        changed TEXT NOT NULL,
        open INTEGER NOT NULL,
        comments INTEGER NOT NULL
    ) STRICT
    ;
INSERT INTO "texts" VALUES(102,'Body — “102”

:::','','2026-11-09T12:00:00.000000+00:00','2026-11-17T12:00:00.000000+00:00',0,12);
INSERT INTO "texts" VALUES(103,'Body — “103”

:::','One mug.','2026-11-16T12:00:00.000000+00:00','2026-11-17T12:00:00.000000+00:00',1,13);
CREATE INDEX intents_by_thread ON intents (thread, id);
CREATE UNIQUE INDEX one_publish_a_copy ON intents (thread, edition, copy)
        WHERE kind = 'publish' AND state IN ('sending', 'unknown', 'done')
    ;
CREATE INDEX posts_by_thread ON posts (thread, slot);
CREATE INDEX commands_not_ignored ON commands (at, id) WHERE state <> 'ignored';
COMMIT;
