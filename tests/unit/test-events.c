#include "config.h"

#include "bijou-jellyfin-events.h"
#include "bijou-plex-events.h"

#include <string.h>

#define ID_A "0123456789abcdef0123456789abcdef"
#define ID_B "abcdef0123456789abcdef0123456789"
#define DASHED_A "01234567-89AB-CDEF-0123-456789ABCDEF"
#define USER "99999999888888887777777766666666"

/* The samples are written with single quotes to be readable here. */
static GPtrArray *
parse_plex (const char *sample)
{
  g_autofree char *text = g_strdelimit (g_strdup (sample), "'", '"');

  return bijou_plex_parse_event (text, strlen (text));
}

static GPtrArray *
parse_jellyfin (const char *sample, const char *user_id, BijouEventReply *reply)
{
  g_autofree char *text = g_strdelimit (g_strdup (sample), "'", '"');

  return bijou_jellyfin_parse_event (text, strlen (text), "server", user_id, reply);
}

/* What the events are, in one line: "changed:7 library". */
static char *
describe (GPtrArray *events)
{
  static const char *const names[] = { "state", "touched", "changed", "removed", "library" };
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < events->len; i++)
    {
      BijouEvent *event = g_ptr_array_index (events, i);

      g_string_append_printf (line, "%s%s", i > 0 ? " " : "", names[event->kind]);
      if (event->remote_id != NULL)
        g_string_append_printf (line, ":%s", event->remote_id);
    }
  return g_string_free (line, FALSE);
}

typedef struct
{
  const char *text;
  const char *expected;
} Case;

#define TIMELINE(rest)                                                                             \
  "{'NotificationContainer':{'type':'timeline','size':1,'TimelineEntry':[{" rest "}]}}"
#define PLAYING(rest)                                                                              \
  "{'NotificationContainer':{'type':'playing','size':1,'PlaySessionStateNotification':[{" rest     \
  "}]}}"
#define ACTIVITY(event, type)                                                                      \
  "{'NotificationContainer':{'type':'activity','size':1,'ActivityNotification':[{'event':'" event  \
  "','uuid':'u','Activity':{'uuid':'u','type':'" type "','progress':100}}]}}"

static void
test_plex (void)
{
  static const Case cases[] = {
    { TIMELINE ("'identifier':'com.plexapp.plugins.library','sectionID':'1','itemID':'41','type':1,"
                "'state':5"),
      "changed:41" },
    { TIMELINE ("'identifier':'com.plexapp.plugins.library','itemID':41,'type':'4','state':'5'"),
      "changed:41" },
    { TIMELINE ("'itemID':'41','type':-1,'state':9,'metadataState':'deleted'"), "removed:41" },
    { TIMELINE ("'identifier':'com.plexapp.plugins.library','itemID':'41','type':1,'state':3"),
      "" },
    { TIMELINE ("'identifier':'tv.plex.providers.epg.cloud','itemID':'41','type':1,'state':5"),
      "" },
    { TIMELINE ("'itemID':'41','type':10,'state':5"), "" },
    { TIMELINE ("'itemID':'0','type':1,'state':5"), "" },
    { TIMELINE ("'itemID':'../x','type':1,'state':5"), "" },
    { TIMELINE ("'type':1,'state':5"), "" },
    { PLAYING ("'sessionKey':'84','ratingKey':'7','viewOffset':1000,'state':'stopped'"),
      "touched:7" },
    { PLAYING ("'sessionKey':84,'ratingKey':7,'viewOffset':'1000','state':'stopped'"),
      "touched:7" },
    { PLAYING ("'sessionKey':'84','ratingKey':'7','viewOffset':1000,'state':'playing'"), "" },
    { PLAYING ("'sessionKey':'84','ratingKey':'7','viewOffset':1000,'state':'buffering'"), "" },
    { ACTIVITY ("ended", "library.update.section"), "library" },
    { ACTIVITY ("started", "library.update.section"), "" },
    { ACTIVITY ("ended", "media.generate.intros"), "" },
    { "{'NotificationContainer':{'type':'activity','ActivityNotification':{'event':'ended',"
      "'Activity':{'type':'library.update.section'}}}}",
      "library" },
    /* of an event stream */
    { "{'ActivityNotification':{'event':'ended','Activity':{'type':'library.update.section'}}}",
      "library" },
    { "{'TimelineEntry':{'itemID':'41','state':'5','type':'1'}}", "changed:41" },
    { "{'NotificationContainer':{'type':'status','StatusNotification':[{'title':'x'}]}}", "" },
    { "{'NotificationContainer':{'type':'progress','ProgressNotification':[{}]}}", "" },
    { "{'NotificationContainer':{'type':'timeline','TimelineEntry':[null,7,'x',[]]}}", "" },
    { "{'NotificationContainer':[]}", "" },
    { "{'NotificationContainer':{'type':7,'TimelineEntry':'x'}}", "" },
    { "[]", "" },
    { "7", "" },
    { "", "" },
    { "{", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) events = parse_plex (cases[i].text);
      g_autofree char *found = describe (events);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

static void
test_jellyfin (void)
{
  static const Case cases[] = {
    { "{'MessageType':'LibraryChanged','Data':{'ItemsAdded':[],'ItemsRemoved':['" ID_B
      "'],'ItemsUpdated':['" DASHED_A "'],'FoldersAddedTo':[],'FoldersRemovedFrom':[],"
      "'CollectionFolders':['" ID_A "'],'IsEmpty':false}}",
      "changed:" ID_A " removed:" ID_B },
    { "{'MessageType':'LibraryChanged','Data':{'ItemsAdded':['" ID_A "'],'IsEmpty':false}}",
      "library" },
    { "{'MessageType':'LibraryChanged','Data':{'FoldersAddedTo':['" ID_A "'],'IsEmpty':false}}",
      "library" },
    { "{'MessageType':'LibraryChanged','Data':{'IsEmpty':true}}", "" },
    { "{'MessageType':'LibraryChanged'}", "" },
    { "{'MessageType':'LibraryChanged','Data':{'ItemsUpdated':['x',7,null,{}],'IsEmpty':true}}",
      "" },
    { "{'MessageType':'UserDataChanged','Data':{'UserId':'" USER
      "','UserDataList':[{'ItemId':'" ID_A "','Played':true},{'ItemId':'" ID_B
      "'},{'Key':'1'},7]}}",
      "state:" ID_A " state:" ID_B },
    { "{'MessageType':'UserDataChanged','Data':{'UserId':'" ID_A
      "','UserDataList':[{'ItemId':'" ID_A "','Played':true}]}}",
      "" },
    { "{'MessageType':'UserDataChanged','Data':{'UserDataList':[{'ItemId':'" ID_A "'}]}}", "" },
    { "{'MessageType':'UserDataChanged','Data':[]}", "" },
    { "{'MessageType':'ServerRestarting'}", "" },
    { "{'MessageType':'ServerShuttingDown','Data':'x'}", "" },
    { "{'MessageType':'RefreshProgress','Data':{'ItemId':'" ID_A "','Progress':'50'}}", "" },
    { "{'MessageType':'KeepAlive'}", "" },
    { "{'MessageType':7}", "" },
    { "[]", "" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BijouEventReply reply = { NULL };
      g_autoptr (GPtrArray) events = parse_jellyfin (cases[i].text, USER, &reply);
      g_autofree char *found = describe (events);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (found, ==, cases[i].expected);
      g_assert_null (reply.text);
    }
}

static void
test_jellyfin_state (void)
{
  BijouEventReply reply = { NULL };
  g_autoptr (GPtrArray) events = parse_jellyfin (
      "{'MessageType':'UserDataChanged','Data':{'UserId':'99999999-8888-8888-7777-777766666666',"
      "'UserDataList':[{'ItemId':'" DASHED_A "','Played':true,'IsFavorite':true,'PlayCount':3,"
      "'PlaybackPositionTicks':610000000,'LastPlayedDate':'2026-01-02T03:04:05.0000000Z'}]}}",
      USER, &reply);
  BijouEvent *event;

  g_assert_cmpuint (events->len, ==, 1);
  event = g_ptr_array_index (events, 0);
  g_assert_cmpint (event->kind, ==, BIJOU_EVENT_STATE);
  g_assert_cmpstr (event->remote_id, ==, ID_A);
  g_assert_cmpstr (event->state->server_id, ==, "server");
  g_assert_true (event->state->watched);
  g_assert_true (event->state->favourite);
  g_assert_cmpint (event->state->play_count, ==, 3);
  g_assert_cmpint (event->state->position_ms, ==, 61000);
  g_assert_cmpint (event->state->last_played_at, ==, 1767323045);
}

static void
test_jellyfin_keep_alive (void)
{
  static const struct
  {
    const char *text;
    guint every_s;
  } cases[] = {
    { "{'MessageType':'ForceKeepAlive','Data':60}", 30 },
    { "{'MessageType':'ForceKeepAlive','Data':'40'}", 20 },
    { "{'MessageType':'ForceKeepAlive','Data':0}", 5 },
    { "{'MessageType':'ForceKeepAlive','Data':-3}", 5 },
    { "{'MessageType':'ForceKeepAlive','Data':99999999999}", 300 },
    { "{'MessageType':'ForceKeepAlive','Data':{}}", 5 },
    { "{'MessageType':'ForceKeepAlive'}", 5 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BijouEventReply reply = { NULL };
      g_autoptr (GPtrArray) events = parse_jellyfin (cases[i].text, USER, &reply);

      g_assert_cmpuint (events->len, ==, 0);
      g_assert_nonnull (strstr (reply.text, "\"KeepAlive\""));
      g_assert_cmpuint (reply.every_s, ==, cases[i].every_s);
      bijou_event_reply_clear (&reply);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events/plex", test_plex);
  g_test_add_func ("/events/jellyfin", test_jellyfin);
  g_test_add_func ("/events/jellyfin/state", test_jellyfin_state);
  g_test_add_func ("/events/jellyfin/keep-alive", test_jellyfin_keep_alive);
  return g_test_run ();
}
