#include "config.h"

#include "bijou-error.h"
#include "bijou-json.h"
#include "bijou-plex-image.h"
#include "bijou-plex-parse.h"

#include <locale.h>

#define SERVER "machine-1"

typedef struct
{
  JsonNode *root;
  JsonObject *container;
  BijouPlexContext context;
} Answer;

static void
answer_init (Answer *answer, const char *data, gssize length)
{
  g_autoptr (GError) error = NULL;

  answer->root = bijou_json_parse (data, length, &error);
  g_assert_no_error (error);
  answer->container = bijou_plex_get_container (answer->root);
  g_assert_nonnull (answer->container);
  answer->context = (BijouPlexContext){ .server_id = SERVER, .container = answer->container };
}

static void
answer_clear (Answer *answer)
{
  json_node_unref (answer->root);
}

static BijouItem *
parse_only_item (const char *data, BijouItemKind kind)
{
  Answer answer;
  g_autoptr (GPtrArray) rows = NULL;
  BijouItem *item;

  answer_init (&answer, data, -1);
  answer.context.kind = kind;
  rows = bijou_plex_get_rows (answer.container);
  g_assert_cmpuint (rows->len, ==, 1);
  item = bijou_plex_parse_item (g_ptr_array_index (rows, 0), &answer.context);
  answer_clear (&answer);
  return item;
}

static BijouDetail *
parse_only_detail (const char *data)
{
  Answer answer;
  g_autoptr (GPtrArray) rows = NULL;
  BijouDetail *detail;

  answer_init (&answer, data, -1);
  rows = bijou_plex_get_rows (answer.container);
  g_assert_cmpuint (rows->len, ==, 1);
  detail = bijou_plex_parse_detail (g_ptr_array_index (rows, 0), &answer.context);
  answer_clear (&answer);
  return detail;
}

static void
test_libraries (void)
{
  static const char data[] =
      "{\"MediaContainer\":{\"size\":8,\"Directory\":["
      "{\"key\":\"1\",\"type\":\"movie\",\"title\":\"Films\",\"agent\":\"tv.plex.agents.movie\","
      "\"contentChangedAt\":182,\"hidden\":0},"
      "{\"key\":2,\"type\":\"show\",\"title\":\"Series\",\"contentChangedAt\":\"77\",\"hidden\":2},"
      "{\"key\":\"3\",\"type\":\"movie\",\"title\":\"Clips\",\"agent\":\"com.plexapp.agents.none\","
      "\"hidden\":false},"
      "{\"key\":\"4\",\"type\":\"artist\",\"title\":\"\xC4\xE4nikirjat\",\"hidden\":true},"
      "{\"key\":\"5\",\"type\":\"photo\",\"title\":null},"
      "{\"key\":\"6\",\"type\":\"hologram\",\"title\":\"?\"},"
      "{\"type\":\"movie\",\"title\":\"no key\"},"
      "null]}}";
  static const BijouLibraryKind kinds[] = {
    BIJOU_LIBRARY_MOVIES, BIJOU_LIBRARY_SHOWS,  BIJOU_LIBRARY_VIDEOS,
    BIJOU_LIBRARY_MUSIC,  BIJOU_LIBRARY_PHOTOS, BIJOU_LIBRARY_OTHER,
  };
  static const gboolean hidden[] = { FALSE, TRUE, FALSE, TRUE, FALSE, FALSE };
  g_autoptr (GPtrArray) libraries = NULL;
  Answer answer;

  answer_init (&answer, data, sizeof data - 1);
  libraries = bijou_plex_parse_libraries (answer.container, SERVER);
  g_assert_cmpuint (libraries->len, ==, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);
      g_autofree char *id = g_strdup_printf ("%u", i + 1);

      g_assert_cmpstr (library->remote_id, ==, id);
      g_assert_cmpstr (library->server_id, ==, SERVER);
      g_assert_cmpint (library->kind, ==, kinds[i]);
      g_assert_cmpint (library->hidden, ==, hidden[i]);
      g_assert_true (g_utf8_validate (library->title, -1, NULL));
    }
  g_assert_cmpstr (((BijouLibrary *) libraries->pdata[0])->change_tag, ==, "182");
  g_assert_cmpstr (((BijouLibrary *) libraries->pdata[1])->change_tag, ==, "77");
  g_assert_cmpstr (((BijouLibrary *) libraries->pdata[3])->title, ==,
                   "Ää"
                   "nikirjat");
  g_assert_cmpstr (((BijouLibrary *) libraries->pdata[4])->title, ==, "5");
  answer_clear (&answer);
}

static void
test_movie (void)
{
  g_autoptr (BijouItem) item = parse_only_item (
      "{\"MediaContainer\":{\"size\":1,\"librarySectionID\":1,\"Metadata\":[{"
      "\"ratingKey\":\"20442\",\"type\":\"movie\",\"title\":\"The Suburb\","
      "\"titleSort\":\"Suburb\",\"originalTitle\":\"Der Vorort\",\"summary\":\"A tale.\","
      "\"tagline\":\"\",\"contentRating\":\"PG\",\"rating\":6.8,\"audienceRating\":\"7.1\","
      "\"userRating\":9,\"viewOffset\":\"1234567\",\"viewCount\":1,\"lastViewedAt\":1737651191,"
      "\"year\":\"1989\",\"thumb\":\"/library/metadata/20442/thumb/17\","
      "\"art\":\"/library/metadata/20442/art/17\",\"duration\":6086421,"
      "\"originallyAvailableAt\":\"1989-02-17\",\"addedAt\":1731349749,\"updatedAt\":1735959624,"
      "\"Media\":[{\"id\":1,\"videoResolution\":\"4k\",\"height\":1602,\"deletedAt\":17},"
      "{\"id\":2,\"videoResolution\":\"1080\",\"height\":\"800\"},"
      "{\"id\":3,\"videoResolution\":\"720\",\"proxyType\":42}],"
      "\"Image\":[{\"type\":\"coverPoster\",\"url\":\"/x\"},"
      "{\"type\":\"clearLogo\",\"url\":\"/library/metadata/20442/clearLogo/17\"}],"
      "\"Genre\":[{\"tag\":\"Comedy\"},{\"tag\":null},{},{\"tag\":\"Thriller\"}]}]}}",
      BIJOU_ITEM_UNKNOWN);

  g_assert_cmpint (item->kind, ==, BIJOU_ITEM_MOVIE);
  g_assert_cmpstr (item->server_id, ==, SERVER);
  g_assert_cmpstr (item->remote_id, ==, "20442");
  g_assert_cmpstr (item->library_id, ==, "1");
  g_assert_cmpstr (item->title, ==, "The Suburb");
  g_assert_cmpstr (item->sort_title, ==, "Suburb");
  g_assert_cmpstr (item->original_title, ==, "Der Vorort");
  g_assert_null (item->tagline);
  g_assert_cmpint (item->year, ==, 1989);
  g_assert_cmpstr (item->released, ==, "1989-02-17");
  g_assert_cmpstr (item->version_tag, ==, "1735959624");
  g_assert_cmpfloat_with_epsilon (item->rating, 7.1, 1e-6);
  g_assert_cmpfloat_with_epsilon (item->user_rating, 9, 1e-6);
  g_assert_cmpint (item->position_ms, ==, 1234567);
  g_assert_cmpint (item->duration_ms, ==, 6086421);
  g_assert_true (item->watched);
  g_assert_cmpint (item->video_height, ==, 1080);
  g_assert_true (item->has_media);
  g_assert_cmpuint (g_strv_length (item->genres), ==, 2);
  g_assert_cmpstr (item->poster, ==, "poster:/library/metadata/20442/thumb/17");
  g_assert_cmpstr (item->backdrop, ==, "wide:/library/metadata/20442/art/17");
  g_assert_cmpstr (item->logo, ==, "logo:/library/metadata/20442/clearLogo/17");
  g_assert_null (item->still);
}

static void
test_bare_movie (void)
{
  g_autoptr (BijouItem) item = parse_only_item (
      "{\"MediaContainer\":{\"Metadata\":{\"ratingKey\":7,\"type\":\"movie\",\"title\":null,"
      "\"year\":null,\"duration\":null,\"thumb\":\"/:/resources/movie.png\",\"rating\":\"NaN\","
      "\"viewCount\":-3,\"viewOffset\":-5,\"updatedAt\":null,\"Media\":null,\"Genre\":[],"
      "\"originallyAvailableAt\":\"soon\",\"addedAt\":\"\"}}}",
      BIJOU_ITEM_MOVIE);

  g_assert_cmpstr (item->remote_id, ==, "7");
  g_assert_cmpstr (item->title, ==, "Untitled");
  g_assert_cmpstr (item->sort_title, ==, "Untitled");
  g_assert_cmpint (item->year, ==, -1);
  g_assert_null (item->released);
  g_assert_null (item->poster);
  g_assert_null (item->library_id);
  g_assert_null (item->version_tag);
  g_assert_null (item->genres);
  g_assert_cmpfloat (item->rating, ==, -1);
  g_assert_cmpint (item->added_at, ==, 0);
  g_assert_cmpint (item->play_count, ==, 0);
  g_assert_cmpint (item->position_ms, ==, 0);
  g_assert_false (item->watched);
  g_assert_false (item->has_media);
}

static void
test_show_and_season (void)
{
  g_autoptr (BijouItem) show =
      parse_only_item ("{\"MediaContainer\":{\"Metadata\":[{\"ratingKey\":\"22\",\"type\":\"show\","
                       "\"title\":\"Long\",\"index\":1,\"leafCount\":\"63\",\"viewedLeafCount\":4,"
                       "\"childCount\":\"6\",\"viewCount\":4,\"duration\":2700000}]}}",
                       BIJOU_ITEM_UNKNOWN);
  g_autoptr (BijouItem) season = parse_only_item (
      "{\"MediaContainer\":{\"key\":\"22\",\"parentTitle\":\"Long\",\"librarySectionID\":\"2\","
      "\"Metadata\":[{\"ratingKey\":\"89\",\"type\":\"season\",\"title\":\"\",\"index\":0,"
      "\"leafCount\":3,\"viewedLeafCount\":9,\"parentThumb\":\"/library/metadata/22/thumb/1\"}]}}",
      BIJOU_ITEM_UNKNOWN);

  g_assert_cmpint (show->children, ==, 63);
  g_assert_cmpint (show->seasons, ==, 6);
  g_assert_cmpint (show->unwatched, ==, 59);
  g_assert_false (show->watched);
  g_assert_cmpint (show->season, ==, -1);

  g_assert_cmpint (season->season, ==, 0);
  g_assert_cmpstr (season->title, ==, "Specials");
  g_assert_cmpstr (season->parent_id, ==, "22");
  g_assert_cmpstr (season->show_id, ==, "22");
  g_assert_cmpstr (season->show_title, ==, "Long");
  g_assert_cmpstr (season->library_id, ==, "2");
  g_assert_cmpint (season->unwatched, ==, 0);
  g_assert_true (season->watched);
  g_assert_cmpstr (season->poster, ==, "poster:/library/metadata/22/thumb/1");
}

static void
test_episode (void)
{
  g_autoptr (BijouItem) item = parse_only_item (
      "{\"MediaContainer\":{\"size\":\"1\",\"key\":\"103479\",\"grandparentRatingKey\":103160,"
      "\"grandparentTitle\":\"Long\",\"parentIndex\":20,\"librarySectionID\":\"2\",\"Metadata\":[{"
      "\"ratingKey\":\"103488\",\"type\":\"episode\",\"title\":\"First\","
      "\"thumb\":\"/library/metadata/103488/thumb/5\",\"art\":\"/library/metadata/103160/art/1\","
      "\"grandparentThumb\":\"/library/metadata/103160/thumb/1\","
      "\"parentThumb\":\"/library/metadata/103479/thumb/1\"}]}}",
      BIJOU_ITEM_UNKNOWN);

  g_assert_cmpint (item->kind, ==, BIJOU_ITEM_EPISODE);
  g_assert_cmpint (item->season, ==, 20);
  g_assert_cmpint (item->episode, ==, -1);
  g_assert_cmpstr (item->parent_id, ==, "103479");
  g_assert_cmpstr (item->show_id, ==, "103160");
  g_assert_cmpstr (item->show_title, ==, "Long");
  g_assert_cmpstr (item->still, ==, "wide:/library/metadata/103488/thumb/5");
  g_assert_cmpstr (item->poster, ==, "poster:/library/metadata/103160/thumb/1");
}

/* Its keys stand in for its ids, and a picture of the show is none of the episode. */
static void
test_poor_episode (void)
{
  g_autoptr (BijouItem) item = parse_only_item (
      "{\"MediaContainer\":{\"Metadata\":[{\"ratingKey\":\"8\",\"type\":\"episode\",\"index\":"
      "\"3\","
      "\"parentIndex\":\"0\",\"parentKey\":\"/library/metadata/5\","
      "\"grandparentKey\":\"/library/metadata/4/children\","
      "\"librarySectionKey\":\"/library/sections/2\",\"thumb\":\"/library/metadata/4/thumb/1\","
      "\"grandparentThumb\":\"/library/metadata/4/thumb/1\"}]}}",
      BIJOU_ITEM_UNKNOWN);

  g_assert_cmpstr (item->title, ==, "Episode 3");
  g_assert_cmpstr (item->parent_id, ==, "5");
  g_assert_cmpstr (item->show_id, ==, "4");
  g_assert_cmpstr (item->library_id, ==, "2");
  g_assert_cmpint (item->season, ==, 0);
  g_assert_cmpint (item->episode, ==, 3);
  g_assert_null (item->still);
}

static void
test_videos (void)
{
  static const char *rows[] = {
    "{\"ratingKey\":\"1\",\"type\":\"clip\",\"title\":\"a\",\"thumb\":\"/t\"}",
    "{\"ratingKey\":\"1\",\"type\":\"movie\",\"subtype\":\"clip\",\"title\":\"a\","
    "\"thumb\":\"/t\"}",
    "{\"ratingKey\":\"1\",\"type\":\"movie\",\"title\":\"a\",\"thumb\":\"/t\","
    "\"guid\":\"com.plexapp.agents.none://66?lang=xn\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *data = g_strdup_printf ("{\"MediaContainer\":{\"Metadata\":[%s]}}", rows[i]);
      g_autoptr (BijouItem) item = parse_only_item (data, BIJOU_ITEM_UNKNOWN);

      g_assert_cmpint (item->kind, ==, BIJOU_ITEM_VIDEO);
      g_assert_cmpstr (item->still, ==, "wide:/t");
      g_assert_null (item->poster);
    }
}

static void
test_collections_and_playlists (void)
{
  g_autoptr (BijouItem) collection = parse_only_item (
      "{\"MediaContainer\":{\"librarySectionID\":34,\"Metadata\":[{\"ratingKey\":\"591004\","
      "\"type\":\"collection\",\"title\":\"Discs\",\"subtype\":\"movie\",\"childCount\":\"8\","
      "\"thumb\":\"/library/collections/591004/composite/16?width=400&height=600\"}]}}",
      BIJOU_ITEM_COLLECTION);
  g_autoptr (BijouItem) playlist = parse_only_item (
      "{\"MediaContainer\":{\"Metadata\":[{\"ratingKey\":\"25\",\"type\":\"playlist\","
      "\"title\":\"Evening\",\"leafCount\":8,\"viewCount\":8,\"playlistType\":\"video\","
      "\"composite\":\"/playlists/25/composite/14\"}]}}",
      BIJOU_ITEM_PLAYLIST);
  g_autofree char *path = bijou_plex_image_get_transcode_path (collection->poster, 320);

  g_assert_cmpint (collection->kind, ==, BIJOU_ITEM_COLLECTION);
  g_assert_cmpint (collection->children, ==, 8);
  g_assert_cmpstr (collection->library_id, ==, "34");
  g_assert_nonnull (strstr (path, "composite%2F16%3Fwidth%3D400%26height%3D600&width=320"));

  g_assert_cmpint (playlist->kind, ==, BIJOU_ITEM_PLAYLIST);
  g_assert_cmpint (playlist->children, ==, 8);
  g_assert_null (playlist->library_id);
  g_assert_false (playlist->watched);
  g_assert_cmpstr (playlist->poster, ==, "square:/playlists/25/composite/14");
}

/* What cannot be understood is left out, and the rest is kept. */
static void
test_skipped_rows (void)
{
  static const char data[] =
      "{\"MediaContainer\":{\"size\":9,\"Metadata\":["
      "{\"type\":\"season\",\"title\":\"All episodes\",\"key\":\"/library/metadata/1/allLeaves\"},"
      "{\"ratingKey\":\"1\",\"type\":\"track\",\"title\":\"Song\",\"Media\":[{\"Part\":[{"
      "\"ma\xBFhasThumbnail\":\"1\",\"pv\\u0003deepAnalysisDate\":\"1\"}]}]},"
      "{\"ratingKey\":\"2\",\"type\":\"hologram\",\"title\":\"?\"},"
      "{\"ratingKey\":null,\"type\":\"movie\",\"title\":\"none\"},"
      "{\"ratingKey\":{\"a\":1},\"type\":\"movie\",\"title\":\"object\"},"
      "17,null,[],"
      "{\"ratingKey\":\"3\",\"type\":\"movie\",\"title\":\"Kept\"}]}}";
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) items = NULL;
  Answer answer;

  answer_init (&answer, data, sizeof data - 1);
  rows = bijou_plex_get_rows (answer.container);
  items = bijou_plex_parse_items (rows, &answer.context);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpstr (((BijouItem *) items->pdata[0])->remote_id, ==, "3");
  answer_clear (&answer);
}

/* An answer of one item, an object where an array is usual, and rows inside of hubs. */
static void
test_shapes (void)
{
  static const char *data[] = {
    "{\"MediaContainer\":{\"Metadata\":{\"ratingKey\":\"1\",\"type\":\"movie\",\"title\":\"a\"}}}",
    "{\"MediaContainer\":{\"Hub\":[{\"size\":0},{\"Metadata\":[{\"ratingKey\":\"1\","
    "\"type\":\"movie\",\"title\":\"a\",\"OnDeck\":{\"Metadata\":{\"ratingKey\":\"9\"}}}]}]}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      g_autoptr (BijouItem) item = parse_only_item (data[i], BIJOU_ITEM_UNKNOWN);

      g_assert_cmpstr (item->remote_id, ==, "1");
    }
}

static BijouPage *
parse_page (
    const char *extra, guint n_rows, guint start, guint limit, gint64 header, GError **error)
{
  g_autoptr (GString) data = g_string_new ("{\"MediaContainer\":{\"librarySectionID\":1,");
  g_autoptr (BijouPage) page = g_new0 (BijouPage, 1);
  gboolean parsed;
  Answer answer;

  g_string_append_printf (data, "%s\"Metadata\":[", extra);
  for (guint i = 0; i < n_rows; i++)
    g_string_append_printf (data, "%s{\"ratingKey\":\"%u\",\"type\":\"movie\",\"title\":\"t\"}",
                            i > 0 ? "," : "", i);
  g_string_append (data, "]}}");
  answer_init (&answer, data->str, -1);
  parsed =
      bijou_plex_parse_page (answer.container, &answer.context, start, limit, header, page, error);
  answer_clear (&answer);
  return parsed ? g_steal_pointer (&page) : NULL;
}

static void
assert_page (BijouPage *page, guint received, gint64 total, const char *first)
{
  g_assert_nonnull (page);
  g_assert_cmpuint (page->received, ==, received);
  g_assert_cmpint (page->total, ==, total);
  g_assert_cmpuint (page->items->len, ==, received);
  if (first != NULL)
    g_assert_cmpstr (((BijouItem *) page->items->pdata[0])->remote_id, ==, first);
}

static void
test_pages (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouPage) usual =
      parse_page ("\"size\":5,\"totalSize\":12,\"offset\":5,", 5, 5, 5, -1, NULL);
  g_autoptr (BijouPage) by_header = parse_page ("\"size\":5,", 5, 5, 5, 12, NULL);
  g_autoptr (BijouPage) last = parse_page ("\"size\":2,", 2, 10, 5, -1, NULL);
  g_autoptr (BijouPage) unknown = parse_page ("", 5, 5, 5, -1, NULL);
  g_autoptr (BijouPage) texts =
      parse_page ("\"size\":\"5\",\"totalSize\":\"12\",\"offset\":\"5\",", 5, 5, 5, -1, NULL);
  g_autoptr (BijouPage) announced =
      parse_page ("\"size\":5,\"totalSize\":12,\"offset\":5,", 3, 5, 5, -1, NULL);
  g_autoptr (BijouPage) empty = parse_page ("\"size\":0,\"totalSize\":0,", 0, 0, 5, -1, NULL);
  g_autoptr (BijouPage) wrong =
      parse_page ("\"size\":5,\"totalSize\":12,\"offset\":0,", 5, 5, 5, -1, &error);

  assert_page (usual, 5, 12, "0");
  assert_page (by_header, 5, 12, "0");
  assert_page (last, 2, 12, "0");
  assert_page (unknown, 5, -1, "0");
  assert_page (texts, 5, 12, "0");
  assert_page (announced, 3, 12, "0");
  assert_page (empty, 0, 0, NULL);
  g_assert_null (wrong);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
test_page_of_all (void)
{
  g_autoptr (BijouPage) first = parse_page ("\"size\":12,", 12, 0, 5, -1, NULL);
  g_autoptr (BijouPage) second = parse_page ("\"size\":12,", 12, 5, 5, -1, NULL);
  g_autoptr (BijouPage) third = parse_page ("\"size\":12,", 12, 10, 5, -1, NULL);
  g_autoptr (BijouPage) beyond =
      parse_page ("\"size\":12,\"totalSize\":12,\"offset\":0,", 12, 15, 5, -1, NULL);

  assert_page (first, 5, 12, "0");
  assert_page (second, 5, 12, "5");
  assert_page (third, 2, 12, "10");
  g_assert_cmpuint (beyond->received, ==, 0);
}

static const char detail_data[] =
    "{\"MediaContainer\":{\"Metadata\":[{\"ratingKey\":\"1\",\"type\":\"movie\",\"title\":\"a\","
    "\"studio\":\"House\",\"librarySectionID\":\"60\","
    "\"Role\":[{\"id\":1,\"tag\":\"Ann\",\"role\":\"Queen\","
    "\"thumb\":\"https://pictures.example/ann.jpg\"},{\"tag\":null},{\"tag\":\"Bob\"}],"
    "\"Director\":{\"tag\":\"Dora\"},"
    "\"Media\":["
    "{\"id\":10,\"deletedAt\":5,\"Part\":[{\"id\":1,\"key\":\"/library/parts/1/1/file.mkv\"}]},"
    "{\"id\":\"11\",\"videoResolution\":\"720\",\"bitrate\":\"2000\",\"container\":\"mp4\","
    "\"Part\":[{\"id\":2,\"key\":\"/library/parts/2/7/file.mp4\",\"duration\":100,\"size\":\"50\"},"
    "{\"id\":3,\"key\":\"/library/parts/3/7/file.mp4\",\"duration\":200,\"size\":60}]},"
    "{\"id\":12,\"videoResolution\":\"4k\",\"height\":1600,\"Part\":[{\"id\":4,"
    "\"accessible\":true,\"exists\":\"1\",\"key\":\"/library/parts/4/99/file.mkv\",\"Stream\":["
    "{\"id\":40,\"streamType\":1,\"index\":0,\"codec\":\"hevc\",\"colorTrc\":\"smpte2084\","
    "\"frameRate\":23.976,\"displayTitle\":\"4K\",\"bitrate\":24743},"
    "{\"id\":\"41\",\"streamType\":\"2\",\"index\":\"1\",\"channels\":\"6\",\"selected\":\"1\","
    "\"languageCode\":\"eng\",\"displayTitle\":\"English (EAC3 5.1)\"},"
    "{\"id\":42,\"streamType\":3,\"index\":2,\"forced\":1,\"languageTag\":\"es\","
    "\"title\":\"Latin\",\"displayTitle\":\"Spanish (SRT)\"},"
    "{\"id\":43,\"streamType\":3,\"key\":\"/library/streams/43\",\"codec\":\"srt\"},"
    "{\"id\":44,\"streamType\":3,\"index\":0,\"embeddedInVideo\":\"1\"},"
    "{\"id\":45,\"streamType\":9},{\"streamType\":1},null]}]},"
    "{\"id\":13,\"Part\":[{\"id\":5,\"accessible\":false,\"key\":\"/library/parts/5/1/"
    "file.mkv\"}]},"
    "{\"id\":14,\"Part\":[{\"id\":6,\"key\":\"https://elsewhere.example/x.mp4\"}]},"
    "{\"id\":15,\"proxyType\":\"42\",\"Part\":[{\"id\":7,\"key\":\"/library/parts/7/1/f.mp4\"}]},"
    "{\"id\":16}],"
    "\"Chapter\":[{\"startTimeOffset\":\"100\",\"endTimeOffset\":200,\"tag\":\"Two\","
    "\"thumb\":\"/library/media/4/chapterImages/2\"},{\"startTimeOffset\":0,\"endTimeOffset\":100},"
    "{\"tag\":\"lost\"}],"
    "\"Marker\":[{\"id\":1,\"type\":\"credits\",\"startTimeOffset\":900,\"endTimeOffset\":1000},"
    "{\"id\":1,\"type\":\"intro\",\"startTimeOffset\":10,\"endTimeOffset\":\"40\"},"
    "{\"type\":\"yodel\",\"startTimeOffset\":50,\"endTimeOffset\":60},"
    "{\"type\":\"intro\",\"startTimeOffset\":50,\"endTimeOffset\":50}],"
    "\"Extras\":{\"size\":0},\"OnDeck\":{\"Metadata\":{\"ratingKey\":\"2\"}}}]}}";

static void
test_detail_versions (void)
{
  g_autoptr (BijouDetail) detail = parse_only_detail (detail_data);
  BijouVersion *best = g_ptr_array_index (detail->versions, 0);
  BijouVersion *stacked = g_ptr_array_index (detail->versions, 1);
  BijouPart *part = g_ptr_array_index (best->parts, 0);
  guint media_index, part_index;
  g_autofree char *path = NULL;

  g_assert_cmpuint (detail->versions->len, ==, 2);
  g_assert_cmpstr (best->id, ==, "12");
  g_assert_cmpint (best->height, ==, 2160);
  g_assert_cmpstr (best->title, ==, "4K HDR10");
  g_assert_cmpstr (part->version_tag, ==, "99");
  path = bijou_plex_split_part_key (part->key, &media_index, &part_index);
  g_assert_cmpstr (path, ==, "/library/parts/4/99/file.mkv");
  g_assert_cmpuint (media_index, ==, 2);
  g_assert_cmpuint (part_index, ==, 0);

  g_assert_cmpstr (stacked->id, ==, "11");
  g_assert_cmpstr (stacked->title, ==, "720p");
  g_assert_cmpint (stacked->bitrate, ==, 2000000);
  g_assert_cmpint (stacked->size, ==, 110);
  g_assert_cmpint (stacked->duration_ms, ==, 300);
  g_assert_cmpuint (stacked->parts->len, ==, 2);
  g_clear_pointer (&path, g_free);
  path = bijou_plex_split_part_key (((BijouPart *) stacked->parts->pdata[1])->key, &media_index,
                                    &part_index);
  g_assert_cmpuint (media_index, ==, 1);
  g_assert_cmpuint (part_index, ==, 1);
}

static void
test_detail_streams (void)
{
  g_autoptr (BijouDetail) detail = parse_only_detail (detail_data);
  BijouPart *part = bijou_detail_find_part (detail, "4", NULL);
  BijouStream **streams = (BijouStream **) part->streams->pdata;

  g_assert_cmpuint (part->streams->len, ==, 6);
  g_assert_cmpint (streams[0]->kind, ==, BIJOU_STREAM_VIDEO);
  g_assert_cmpstr (streams[0]->range, ==, "HDR10");
  g_assert_cmpint (streams[0]->bitrate, ==, 24743000);
  g_assert_cmpint (streams[1]->kind, ==, BIJOU_STREAM_AUDIO);
  g_assert_cmpint (streams[1]->index, ==, 1);
  g_assert_cmpint (streams[1]->channels, ==, 6);
  g_assert_cmpstr (streams[1]->language, ==, "eng");
  g_assert_true (streams[1]->selected);
  g_assert_true (streams[2]->forced);
  g_assert_cmpstr (streams[2]->title, ==, "Spanish (SRT) – Latin");
  g_assert_true (streams[3]->external);
  g_assert_cmpint (streams[3]->index, ==, -1);
  g_assert_cmpstr (streams[3]->key, ==, "/library/streams/43");
  g_assert_cmpint (streams[4]->kind, ==, BIJOU_STREAM_OTHER);
  g_assert_cmpint (streams[4]->index, ==, -1);
  g_assert_cmpint (streams[5]->kind, ==, BIJOU_STREAM_OTHER);
}

static void
test_detail_rest (void)
{
  g_autoptr (BijouDetail) detail = parse_only_detail (detail_data);
  BijouPerson **people = (BijouPerson **) detail->people->pdata;
  BijouChapter **chapters = (BijouChapter **) detail->chapters->pdata;
  BijouSegment **segments = (BijouSegment **) detail->segments->pdata;

  g_assert_cmpstr (detail->studios[0], ==, "House");
  g_assert_cmpstr (detail->item->library_id, ==, "60");
  g_assert_true (detail->item->has_media);
  g_assert_cmpuint (detail->people->len, ==, 3);
  g_assert_cmpstr (people[0]->role, ==, "Queen");
  g_assert_cmpstr (people[0]->image, ==, "square:https://pictures.example/ann.jpg");
  g_assert_cmpstr (people[1]->name, ==, "Bob");
  g_assert_cmpstr (people[2]->kind, ==, "director");
  g_assert_cmpuint (detail->chapters->len, ==, 2);
  g_assert_cmpint (chapters[0]->start_ms, ==, 0);
  g_assert_cmpstr (chapters[1]->title, ==, "Two");
  g_assert_cmpstr (chapters[1]->image, ==, "wide:/library/media/4/chapterImages/2");
  g_assert_cmpuint (detail->segments->len, ==, 3);
  g_assert_cmpint (segments[0]->kind, ==, BIJOU_SEGMENT_INTRO);
  g_assert_cmpint (segments[0]->end_ms, ==, 40);
  g_assert_cmpint (segments[1]->kind, ==, BIJOU_SEGMENT_OTHER);
  g_assert_cmpint (segments[2]->kind, ==, BIJOU_SEGMENT_CREDITS);
}

static void
test_images (void)
{
  g_autofree char *poster = bijou_plex_image_get_transcode_path ("poster:/a/1", 320);
  g_autofree char *wide = bijou_plex_image_get_transcode_path ("wide:/a/1", 640);
  g_autofree char *logo = bijou_plex_image_get_transcode_path ("logo:/a/1", 480);
  g_autofree char *person =
      bijou_plex_image_get_transcode_path ("square:https://p.example/a b.jpg", 160);
  g_autofree char *token = bijou_plex_image_make (BIJOU_PLEX_IMAGE_WIDE, "/a?X-Plex-Token=s");
  g_autofree char *relative = bijou_plex_image_make (BIJOU_PLEX_IMAGE_WIDE, "a/b");
  g_autofree char *original = bijou_plex_image_get_original_path ("poster:/a/1");

  g_assert_cmpstr (poster, ==,
                   "/photo/:/transcode?url=%2Fa%2F1&width=320&height=480&minSize=1&upscale=0");
  g_assert_cmpstr (wide, ==,
                   "/photo/:/transcode?url=%2Fa%2F1&width=640&height=360&minSize=1&upscale=0");
  g_assert_true (g_str_has_suffix (logo, "&format=png"));
  g_assert_nonnull (strstr (person, "url=https%3A%2F%2Fp.example%2Fa%20b.jpg&"));
  g_assert_null (token);
  g_assert_null (relative);
  g_assert_cmpstr (original, ==, "/a/1");
  g_assert_null (bijou_plex_image_get_original_path ("square:https://p.example/a.jpg"));
  g_assert_null (bijou_plex_image_get_transcode_path ("nonsense", 320));
  g_assert_null (bijou_plex_image_get_transcode_path ("", 320));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/plex/parse/libraries", test_libraries);
  g_test_add_func ("/plex/parse/movie", test_movie);
  g_test_add_func ("/plex/parse/bare-movie", test_bare_movie);
  g_test_add_func ("/plex/parse/show-and-season", test_show_and_season);
  g_test_add_func ("/plex/parse/episode", test_episode);
  g_test_add_func ("/plex/parse/poor-episode", test_poor_episode);
  g_test_add_func ("/plex/parse/videos", test_videos);
  g_test_add_func ("/plex/parse/collections-and-playlists", test_collections_and_playlists);
  g_test_add_func ("/plex/parse/skipped-rows", test_skipped_rows);
  g_test_add_func ("/plex/parse/shapes", test_shapes);
  g_test_add_func ("/plex/parse/pages", test_pages);
  g_test_add_func ("/plex/parse/page-of-all", test_page_of_all);
  g_test_add_func ("/plex/parse/detail/versions", test_detail_versions);
  g_test_add_func ("/plex/parse/detail/streams", test_detail_streams);
  g_test_add_func ("/plex/parse/detail/rest", test_detail_rest);
  g_test_add_func ("/plex/images", test_images);
  return g_test_run ();
}
