#include "config.h"

#include "bijou-detail.h"
#include "bijou-item.h"
#include "bijou-server.h"

#include <locale.h>

static void
test_normalise_url (void)
{
  static const struct
  {
    const char *typed;
    const char *expected;
  } cases[] = {
    { "nas:8096", "http://nas:8096" },
    { " https://media.example.org/jellyfin/ ", "https://media.example.org/jellyfin" },
    { "http://h:8096/web/index.html#!/home", "http://h:8096" },
    { "http://h/webmedia/web/index.html", "http://h/webmedia" },
    { "http://h/web/jellyfin/web/", "http://h/web/jellyfin" },
    { "http://h/website", "http://h/website" },
    { "http://user:pw@h/", "http://h" },
    { "192.168.1.5", "http://192.168.1.5" },
    { "http://[fd00::1]:32400/", "http://[fd00::1]:32400" },
    { "http://192.168;7.20:8096/jellyfin", NULL },
    { "ftp://h", NULL },
    { "http://", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *url = bijou_address_normalise_url (cases[i].typed);

      g_assert_cmpstr (url, ==, cases[i].expected);
    }
}

static void
test_address_class (void)
{
  static const char *lan[] = { "http://192.168.1.5:8096", "http://nas:8096", "http://127.0.0.1:1",
                               "https://10-1-1-5.abc.plex.direct:32400", "http://nas.local" };
  static const char *direct[] = { "https://media.example.org", "http://54.231.109.34:32400" };

  for (guint i = 0; i < G_N_ELEMENTS (lan); i++)
    g_assert_cmpint (bijou_address_class_from_url (lan[i]), ==, BIJOU_ADDRESS_LAN);
  for (guint i = 0; i < G_N_ELEMENTS (direct); i++)
    g_assert_cmpint (bijou_address_class_from_url (direct[i]), ==, BIJOU_ADDRESS_DIRECT);
}

static void
test_progress (void)
{
  g_autoptr (BijouItem) item = bijou_item_new (BIJOU_ITEM_MOVIE, "s", "1");

  g_assert_false (bijou_item_is_in_progress (item));
  item->duration_ms = 100000;
  item->position_ms = 1000;
  g_assert_false (bijou_item_is_in_progress (item));
  item->position_ms = 50000;
  g_assert_true (bijou_item_is_in_progress (item));
  item->position_ms = 96000;
  g_assert_false (bijou_item_is_in_progress (item));
  item->position_ms = 960000;
  g_assert_cmpfloat (bijou_item_get_fraction (item), ==, 1);
}

static BijouDetail *
make_detail (BijouItem *item)
{
  BijouDetail *detail = bijou_detail_new (item);
  BijouPerson *person = bijou_person_new ("Ada", "actor");
  BijouVersion *version = bijou_version_new ("v1");
  BijouPart *part = bijou_part_new ("p1", "/parts/1");
  BijouStream *stream = bijou_stream_new (BIJOU_STREAM_SUBTITLE, "7");

  person->role = g_strdup ("The Keeper");
  g_ptr_array_add (detail->people, person);
  stream->external = TRUE;
  stream->language = g_strdup ("deu");
  g_ptr_array_add (part->streams, stream);
  part->size = G_GINT64_CONSTANT (12345678901);
  g_ptr_array_add (version->parts, part);
  g_ptr_array_add (detail->versions, version);
  g_ptr_array_add (detail->chapters, bijou_chapter_new (0, 1000));
  g_ptr_array_add (detail->segments, bijou_segment_new (BIJOU_SEGMENT_CREDITS, 5, 9));
  g_ptr_array_add (detail->similar, g_strdup ("99"));
  return detail;
}

static void
test_detail_json (void)
{
  g_autoptr (BijouItem) item = bijou_item_new (BIJOU_ITEM_MOVIE, "s", "1");
  g_autoptr (BijouDetail) detail = make_detail (item);
  g_autoptr (JsonNode) node = bijou_detail_to_json (detail);
  g_autoptr (BijouDetail) back = bijou_detail_from_json (item, node);
  BijouVersion *version = NULL;
  BijouPart *part = bijou_detail_find_part (back, NULL, &version);
  BijouStream *stream = g_ptr_array_index (part->streams, 0);
  BijouSegment *segment = g_ptr_array_index (back->segments, 0);

  g_assert_cmpstr (version->id, ==, "v1");
  g_assert_cmpint (part->size, ==, G_GINT64_CONSTANT (12345678901));
  g_assert_cmpint (stream->kind, ==, BIJOU_STREAM_SUBTITLE);
  g_assert_true (stream->external);
  g_assert_cmpint (stream->index, ==, -1);
  g_assert_cmpint (segment->kind, ==, BIJOU_SEGMENT_CREDITS);
  g_assert_cmpint (segment->end_ms, ==, 9);
  g_assert_cmpstr (((BijouPerson *) g_ptr_array_index (back->people, 0))->role, ==, "The Keeper");
  g_assert_cmpstr (g_ptr_array_index (back->similar, 0), ==, "99");
  g_assert_null (bijou_detail_find_part (back, "p2", NULL));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/normalise-url", test_normalise_url);
  g_test_add_func ("/model/address-class", test_address_class);
  g_test_add_func ("/model/progress", test_progress);
  g_test_add_func ("/model/detail-json", test_detail_json);
  return g_test_run ();
}
