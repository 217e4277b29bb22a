#include "config.h"

#include "bijou-jellyfin-discovery.h"
#include "bijou-jellyfin-events.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-json.h"
#include "bijou-plex-discovery.h"
#include "bijou-plex-events.h"
#include "bijou-plex-parse.h"

#include <locale.h>
#include <string.h>

/* Good answers of both servers, spoilt at random: nothing may crash, and what comes out of the
 * parsers is fit for the mirror. A failure is repeated with --seed and the seed that was printed.
 */

#define N_ROUNDS 3000

static const char plex[] =
    "{\"MediaContainer\":{\"size\":2,\"totalSize\":\"2\",\"offset\":0,\"librarySectionID\":1,"
    "\"Metadata\":[{\"ratingKey\":\"41\",\"key\":\"/library/metadata/41\",\"guid\":\"plex://movie/"
    "5d\","
    "\"type\":\"movie\",\"title\":\"Low Tide\",\"titleSort\":\"Low Tide\",\"summary\":\"A "
    "\\u00e9tude\","
    "\"year\":1987,\"rating\":7.5,\"duration\":5400000,\"viewOffset\":61000,\"viewCount\":1,"
    "\"addedAt\":1600000000,\"updatedAt\":1700000000,\"originallyAvailableAt\":\"1987-03-01\","
    "\"thumb\":\"/library/metadata/41/thumb/17\",\"art\":\"/library/metadata/41/art/17\","
    "\"Genre\":[{\"tag\":\"Drama\"},{\"tag\":\"Sea\"}],\"Role\":[{\"id\":3,\"tag\":\"A. Hale\","
    "\"role\":\"Pilot\",\"thumb\":\"https://metadata/p/3.jpg\"}],\"Director\":{\"tag\":\"B. "
    "Orne\"},"
    "\"Chapter\":[{\"index\":1,\"tag\":\"Ebb\",\"startTimeOffset\":0,\"endTimeOffset\":90000}],"
    "\"Marker\":[{\"type\":\"intro\",\"startTimeOffset\":1000,\"endTimeOffset\":31000}],"
    "\"Media\":[{\"id\":7,\"duration\":5400000,\"bitrate\":4200,\"width\":1920,\"height\":1080,"
    "\"videoResolution\":\"1080\",\"container\":\"mkv\",\"Part\":[{\"id\":9,\"key\":"
    "\"/library/parts/9/17/"
    "file.mkv\",\"duration\":5400000,\"size\":2840000000,\"Stream\":[{\"id\":11,"
    "\"streamType\":1,\"codec\":\"hevc\",\"index\":0,\"height\":1080,\"default\":true},{\"id\":12,"
    "\"streamType\":2,\"codec\":\"aac\",\"channels\":6,\"languageCode\":\"deu\",\"selected\":\"1\"}"
    ","
    "{\"id\":13,\"streamType\":3,\"codec\":\"srt\",\"key\":\"/library/streams/13\"}]}]}]},"
    "{\"ratingKey\":\"52\",\"type\":\"episode\",\"title\":\"The "
    "Bar\",\"index\":3,\"parentIndex\":2,"
    "\"parentRatingKey\":\"51\",\"grandparentRatingKey\":\"50\",\"grandparentTitle\":\"Shoals\"}]}"
    "}";

static const char jellyfin[] =
    "{\"Items\":[{\"Id\":\"0123456789abcdef0123456789abcdef\",\"Name\":\"Low "
    "Tide\",\"Type\":\"Movie\","
    "\"SortName\":\"low tide\",\"Overview\":\"A \\u00e9tude\",\"ProductionYear\":1987,"
    "\"CommunityRating\":7.5,\"RunTimeTicks\":54000000000,\"PremiereDate\":"
    "\"1987-03-01T00:00:00.0000000Z\",\"DateCreated\":\"2020-09-13T12:26:40.1234567Z\","
    "\"Genres\":[\"Drama\",\"Sea\"],\"ImageTags\":{\"Primary\":\"aa\",\"Logo\":\"bb\"},"
    "\"BackdropImageTags\":[\"cc\"],\"UserData\":{\"PlaybackPositionTicks\":610000000,\"Played\":"
    "false,"
    "\"PlayCount\":1,\"IsFavorite\":true,\"UnplayedItemCount\":2},\"People\":[{\"Id\":\"fe\","
    "\"Name\":"
    "\"A. Hale\",\"Role\":\"Pilot\",\"Type\":\"Actor\",\"PrimaryImageTag\":\"dd\"}],\"Chapters\":"
    "[{\"Name\":\"Ebb\",\"StartPositionTicks\":0,\"ImageTag\":\"ee\"}],\"MediaSources\":[{\"Id\":"
    "\"9\","
    "\"Name\":\"1080p\",\"Container\":\"mkv\",\"Size\":2840000000,\"Bitrate\":4200000,"
    "\"RunTimeTicks\":"
    "54000000000,\"MediaStreams\":[{\"Index\":0,\"Type\":\"Video\",\"Codec\":\"hevc\",\"Height\":"
    "1080,"
    "\"VideoRangeType\":\"HDR10\"},{\"Index\":1,\"Type\":\"Audio\",\"Codec\":\"aac\",\"Channels\":"
    "6,"
    "\"Language\":\"deu\",\"IsDefault\":true},{\"Index\":2,\"Type\":\"Subtitle\",\"Codec\":"
    "\"subrip\","
    "\"IsExternal\":true,\"DeliveryUrl\":\"/Videos/x/Subtitles/2/Stream.srt\"}]}]},"
    "{\"Id\":\"fedcba9876543210fedcba9876543210\",\"Name\":\"The Bar\",\"Type\":\"Episode\","
    "\"IndexNumber\":3,\"ParentIndexNumber\":2,\"SeriesId\":\"aabbccddeeff00112233445566778899\","
    "\"SeasonId\":\"99887766554433221100ffeeddccbbaa\",\"SeriesName\":\"Shoals\"}],"
    "\"TotalRecordCount\":2,\"StartIndex\":0}";

static const char plex_event[] =
    "{\"NotificationContainer\":{\"type\":\"timeline\",\"size\":2,\"TimelineEntry\":[{"
    "\"identifier\":\"com.plexapp.plugins.library\",\"sectionID\":\"1\",\"itemID\":\"41\","
    "\"type\":1,\"title\":\"Low Tide\",\"state\":5,\"updatedAt\":1700000000},{\"itemID\":52,"
    "\"type\":-1,\"state\":9,\"metadataState\":\"deleted\"}],\"PlaySessionStateNotification\":[{"
    "\"ratingKey\":\"7\",\"viewOffset\":61000,\"state\":\"stopped\"}],\"ActivityNotification\":{"
    "\"event\":\"ended\",\"Activity\":{\"type\":\"library.update.section\"}}}}";

static const char jellyfin_event[] =
    "{\"MessageType\":\"UserDataChanged\",\"MessageId\":\"aabbccddeeff00112233445566778899\","
    "\"Data\":{\"UserId\":\"99999999888888887777777766666666\",\"UserDataList\":[{\"ItemId\":"
    "\"0123456789abcdef0123456789abcdef\",\"Played\":true,\"PlayCount\":2,\"IsFavorite\":false,"
    "\"PlaybackPositionTicks\":610000000,\"LastPlayedDate\":\"2026-01-02T03:04:05.0000000Z\"}],"
    "\"ItemsUpdated\":[\"fedcba9876543210fedcba9876543210\"],\"ItemsRemoved\":[],\"IsEmpty\":false}"
    "}";

static const char plex_reply[] =
    "HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nHost: "
    "0123456789abcdef0123456789abcdef.plex.direct\r\nName: Attic\r\nPort: 32400\r\n"
    "Resource-Identifier: 0123456789abcdef0123456789abcdef01234567\r\nUpdated-At: 1700000000\r\n"
    "Version: 1.41.3.9314\r\n\r\n";

static const char jellyfin_reply[] =
    "{\"Address\":\"http://192.168.7.20:8096/jellyfin\",\"Id\":"
    "\"0123456789abcdef0123456789abcdef\",\"Name\":\"Attic\",\"EndpointAddress\":null}";

/* --- spoiling --- */

static const char *const words[] = {
  "null",
  "true",
  "\"1\"",
  "\"\"",
  "-1",
  "0",
  "1e999",
  "9223372036854775807",
  "[]",
  "{}",
  "[null]",
  "[[]]",
  "\"\\u0000\"",
  "1.5",
  "-0",
  "99999999999999999999",
  "\"NaN\"",
  "\"/../\"",
  "{\"Id\":{}}",
  "\"\xff\xfe\"",
  "\"\xed\xa0\x80\"",
};

/* The end of the JSON value that begins at @from, roughly: values inside are taken whole. */
static gsize
skip_value (const GString *text, gsize from)
{
  int depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = from; i < text->len; i++)
    {
      char c = text->str[i];

      if (c == '"' && (i == 0 || text->str[i - 1] != '\\'))
        quoted = !quoted;
      if (quoted)
        continue;
      if (strchr ("[{", c) != NULL)
        depth++;
      else if (strchr ("]}", c) != NULL && --depth < 0)
        return i;
      else if (c == ',' && depth == 0)
        return i;
    }
  return text->len;
}

static void
replace_value (GString *text)
{
  gsize at = (gsize) g_test_rand_int_range (0, (gint32) text->len);
  const char *colon = memchr (text->str + at, ':', text->len - at);
  const char *word = words[g_test_rand_int_range (0, G_N_ELEMENTS (words))];
  gsize from;

  if (colon == NULL)
    return;
  from = (gsize) (colon - text->str) + 1;
  g_string_erase (text, (gssize) from, (gssize) (skip_value (text, from) - from));
  g_string_insert (text, (gssize) from, word);
}

static void
spoil (GString *text)
{
  gsize at = (gsize) g_test_rand_int_range (0, (gint32) text->len);

  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      g_string_truncate (text, at);
      break;
    case 1:
      text->str[at] = (char) g_test_rand_int_range (1, 256);
      break;
    case 2:
      g_string_erase (text, (gssize) at, MIN (8, (gssize) (text->len - at)));
      break;
    default:
      replace_value (text);
    }
}

/* --- what must hold --- */

static void
assert_text (const char *text)
{
  g_autofree char *shown = text != NULL ? g_strescape (text, NULL) : NULL;

  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    g_error ("not UTF-8: %s", shown);
}

static void
assert_item (BijouItem *item)
{
  g_assert_cmpstr (item->remote_id, !=, NULL);
  g_assert_cmpstr (item->remote_id, !=, "");
  g_assert_cmpstr (item->title, !=, NULL);
  assert_text (item->remote_id);
  assert_text (item->title);
  assert_text (item->sort_title);
  assert_text (item->overview);
  g_assert_cmpint (item->duration_ms, >=, 0);
  g_assert_cmpint (item->position_ms, >=, 0);
}

static void
assert_detail (BijouDetail *detail)
{
  if (detail == NULL)
    return;
  assert_item (detail->item);
  for (guint i = 0; i < detail->versions->len; i++)
    {
      BijouVersion *version = g_ptr_array_index (detail->versions, i);

      g_assert_cmpstr (version->id, !=, NULL);
      g_assert_cmpint (version->size, >=, 0);
      for (guint j = 0; j < version->parts->len; j++)
        g_assert_nonnull (((BijouPart *) g_ptr_array_index (version->parts, j))->streams);
    }
}

static void
parse_plex (JsonNode *root)
{
  JsonObject *container = bijou_plex_get_container (root);
  g_autoptr (GPtrArray) rows = container != NULL ? bijou_plex_get_rows (container) : NULL;
  BijouPlexContext context = { .server_id = "server", .container = container };

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      JsonObject *row = g_ptr_array_index (rows, i);
      g_autoptr (BijouItem) item = bijou_plex_parse_item (row, &context);
      g_autoptr (BijouDetail) detail = bijou_plex_parse_detail (row, &context);

      if (item != NULL)
        assert_item (item);
      assert_detail (detail);
    }
}

static void
parse_jellyfin (JsonNode *root)
{
  guint received = 0;
  g_autoptr (GPtrArray) items =
      bijou_jellyfin_parse_items (root, "server", "library", BIJOU_ITEM_UNKNOWN, &received, NULL);
  g_autoptr (GPtrArray) rows = NULL;

  for (guint i = 0; items != NULL && i < items->len; i++)
    assert_item (g_ptr_array_index (items, i));
  if (JSON_NODE_HOLDS_OBJECT (root))
    rows = bijou_json_get_objects (json_node_get_object (root), "Items");
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      g_autoptr (BijouDetail) detail =
          bijou_jellyfin_parse_detail (g_ptr_array_index (rows, i), "server");

      assert_detail (detail);
    }
}

typedef struct
{
  const char *answer;
  void (*parse) (JsonNode *root);
} Case;

static void
test_spoilt (gconstpointer data)
{
  const Case *test_case = data;
  guint n_parsed = 0;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GString) text = g_string_new (test_case->answer);
      g_autoptr (JsonNode) root = NULL;
      int n_faults = g_test_rand_int_range (0, 6);

      for (int i = 0; i < n_faults && text->len > 0; i++)
        spoil (text);
      root = bijou_json_parse (text->str, (gssize) text->len, NULL);
      if (root == NULL)
        continue;
      test_case->parse (root);
      n_parsed++;
    }
  /* Else the fuzzing tries the JSON parser alone. */
  g_assert_cmpuint (n_parsed, >, N_ROUNDS / 4);
}

typedef struct
{
  const char *reply;
  BijouDiscovered *(*parse) (const char *reply, gsize length, GInetAddress *source);
} ReplyCase;

static void
assert_discovered (BijouDiscovered *discovered)
{
  g_assert_cmpstr (discovered->server_id, !=, "");
  g_assert_cmpuint (strlen (discovered->server_id), <=, 64);
  assert_text (discovered->server_id);
  assert_text (discovered->name);
  assert_text (discovered->version);
  g_assert_cmpuint (discovered->urls->len, >=, 1);
  for (guint i = 0; i < discovered->urls->len; i++)
    {
      const char *url = g_ptr_array_index (discovered->urls, i);

      g_assert_true (g_str_has_prefix (url, "http://") || g_str_has_prefix (url, "https://"));
      g_assert_true (g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL));
    }
}

/* Replies end where their length says and not at a NUL. */
static void
test_spoilt_reply (gconstpointer data)
{
  const ReplyCase *test_case = data;
  g_autoptr (GInetAddress) source = g_inet_address_new_from_string ("192.168.7.20");
  guint n_parsed = 0;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GString) text = g_string_new (test_case->reply);
      g_autofree char *exact = NULL;
      g_autoptr (BijouDiscovered) discovered = NULL;
      int n_faults = g_test_rand_int_range (0, 6);

      for (int i = 0; i < n_faults && text->len > 0; i++)
        spoil (text);
      if (text->len > 0 && g_test_rand_bit ())
        text->str[g_test_rand_int_range (0, (gint32) text->len)] = '\0';
      exact = g_memdup2 (text->str, text->len);
      discovered = test_case->parse (exact != NULL ? exact : "", text->len, source);
      if (discovered == NULL)
        continue;
      assert_discovered (discovered);
      n_parsed++;
    }
  g_assert_cmpuint (n_parsed, >, N_ROUNDS / 20);
}

typedef struct
{
  const char *text;
  GPtrArray *(*parse) (const char *text, gsize length);
} EventCase;

static GPtrArray *
parse_jellyfin_event (const char *text, gsize length)
{
  static const char *const types[] = { "UserDataChanged", "LibraryChanged", "ForceKeepAlive" };
  g_autoptr (GString) other = g_string_new_len (text, (gssize) length);
  BijouEventReply reply = { NULL };
  GPtrArray *events;

  /* The other kinds read the same data, each in its way. */
  g_string_replace (other, types[0], types[g_test_rand_int_range (0, G_N_ELEMENTS (types))], 1);
  events = bijou_jellyfin_parse_event (other->str, other->len, "server", NULL, &reply);
  bijou_event_reply_clear (&reply);
  return events;
}

static void
assert_event (const BijouEvent *event)
{
  gboolean has_item = event->kind <= BIJOU_EVENT_REMOVED;

  g_assert_cmpint (event->kind, <=, BIJOU_EVENT_LIBRARY);
  g_assert_true ((event->remote_id != NULL) == has_item);
  g_assert_true ((event->state != NULL) == (event->kind == BIJOU_EVENT_STATE));
  if (has_item)
    {
      g_assert_cmpstr (event->remote_id, !=, "");
      assert_text (event->remote_id);
    }
  if (event->state != NULL)
    {
      g_assert_cmpint (event->state->position_ms, >=, 0);
      g_assert_cmpint (event->state->play_count, >=, 0);
    }
}

static void
test_spoilt_event (gconstpointer data)
{
  const EventCase *test_case = data;
  guint n_events = 0;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GString) text = g_string_new (test_case->text);
      g_autoptr (GPtrArray) events = NULL;
      int n_faults = g_test_rand_int_range (0, 4);

      for (int i = 0; i < n_faults && text->len > 0; i++)
        spoil (text);
      events = test_case->parse (text->str, text->len);
      for (guint i = 0; i < events->len; i++)
        assert_event (g_ptr_array_index (events, i));
      n_events += events->len;
    }
  g_assert_cmpuint (n_events, >, N_ROUNDS / 20);
}

int
main (int argc, char **argv)
{
  static const Case plex_case = { plex, parse_plex };
  static const Case jellyfin_case = { jellyfin, parse_jellyfin };
  static const EventCase plex_event_case = { plex_event, bijou_plex_parse_event };
  static const EventCase jellyfin_event_case = { jellyfin_event, parse_jellyfin_event };
  static const ReplyCase plex_reply_case = { plex_reply, bijou_plex_parse_discovery };
  static const ReplyCase jellyfin_reply_case = { jellyfin_reply, bijou_jellyfin_parse_discovery };

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/fuzz/plex", &plex_case, test_spoilt);
  g_test_add_data_func ("/fuzz/jellyfin", &jellyfin_case, test_spoilt);
  g_test_add_data_func ("/fuzz/discovery/plex", &plex_reply_case, test_spoilt_reply);
  g_test_add_data_func ("/fuzz/discovery/jellyfin", &jellyfin_reply_case, test_spoilt_reply);
  g_test_add_data_func ("/fuzz/events/plex", &plex_event_case, test_spoilt_event);
  g_test_add_data_func ("/fuzz/events/jellyfin", &jellyfin_event_case, test_spoilt_event);
  return g_test_run ();
}
