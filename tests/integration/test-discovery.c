#include "config.h"

#include "bijou-backend-type.h"
#include "bijou-fake-discovery.h"

#include <locale.h>
#include <string.h>

/* Searches of the local network, which is a port of loopback here. */

#define LONG_MS 20000
#define SHORT_MS 300

typedef struct
{
  BijouFakeDiscovery *fake;
  GPtrArray *found;          /* of BijouDiscovered */
  GCancellable *cancellable; /* cancelled when @wanted were told */
  guint wanted;
} Search;

static void
set_up (Search *search, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  search->fake = bijou_fake_discovery_start (0, &error);
  g_assert_no_error (error);
  search->found = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_discovered_free);
  search->cancellable = g_cancellable_new ();
  search->wanted = G_MAXUINT;
  g_setenv ("BIJOU_DISCOVERY_TARGETS", bijou_fake_discovery_get_target (search->fake), TRUE);
}

static void
tear_down (Search *search, gconstpointer data)
{
  bijou_fake_discovery_stop (search->fake);
  g_ptr_array_unref (search->found);
  g_object_unref (search->cancellable);
}

static void
on_found_cb (const BijouDiscovered *found, gpointer user_data)
{
  Search *search = user_data;

  g_ptr_array_add (search->found, bijou_discovered_copy (found));
  if (search->found->len == search->wanted)
    g_cancellable_cancel (search->cancellable);
}

/* Ends when @wanted servers were told, so that a test waits for no clock. */
static void
run_search (Search *search, const char *server_id, guint wanted)
{
  search->wanted = wanted;
  bijou_backend_type_discover (NULL, server_id, wanted == G_MAXUINT ? SHORT_MS : LONG_MS,
                               on_found_cb, search, search->cancellable);
  if (wanted != G_MAXUINT)
    g_assert_cmpuint (search->found->len, ==, wanted);
}

static void
add_reply (Search *search, BijouFakeProtocolKind kind, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  bijou_fake_discovery_add_reply (search->fake, kind, bytes);
}

static BijouDiscovered *
find (Search *search, const char *backend)
{
  for (guint i = 0; i < search->found->len; i++)
    {
      BijouDiscovered *found = g_ptr_array_index (search->found, i);

      if (g_str_equal (found->backend, backend))
        return found;
    }
  g_assert_not_reached ();
}

static BijouFakeServer *
start_server (Search *search, BijouFakeProtocolKind kind)
{
  BijouFakeOptions options = { .name = "Attic", .movies = 1 };
  g_autoptr (GError) error = NULL;
  BijouFakeServer *server = bijou_fake_server_start (kind, &options, &error);

  g_assert_no_error (error);
  bijou_fake_discovery_add (search->fake, server);
  return server;
}

static void
test_both (Search *search, gconstpointer data)
{
  g_autoptr (BijouFakeServer) plex = start_server (search, BIJOU_FAKE_PLEX);
  g_autoptr (BijouFakeServer) jellyfin = start_server (search, BIJOU_FAKE_JELLYFIN);
  BijouDiscovered *found;

  run_search (search, NULL, 2);
  found = find (search, "plex");
  g_assert_cmpstr (found->server_id, ==, bijou_fake_server_get_id (plex));
  g_assert_cmpstr (found->name, ==, "Attic");
  g_assert_cmpstr (found->urls->pdata[0], ==, bijou_fake_server_get_url (plex));
  found = find (search, "jellyfin");
  g_assert_cmpstr (found->server_id, ==, bijou_fake_server_get_id (jellyfin));
  g_assert_cmpstr (found->urls->pdata[0], ==, bijou_fake_server_get_url (jellyfin));
}

static void
test_only_one (Search *search, gconstpointer data)
{
  g_autoptr (BijouFakeServer) plex = start_server (search, BIJOU_FAKE_PLEX);
  g_autoptr (BijouFakeServer) jellyfin = start_server (search, BIJOU_FAKE_JELLYFIN);

  run_search (search, bijou_fake_server_get_id (jellyfin), 1);
  g_assert_cmpstr (find (search, "jellyfin")->server_id, ==, bijou_fake_server_get_id (jellyfin));
}

static void
test_told_once (Search *search, gconstpointer data)
{
  g_autoptr (BijouFakeServer) plex = start_server (search, BIJOU_FAKE_PLEX);

  bijou_fake_discovery_add (search->fake, plex);
  bijou_fake_discovery_add (search->fake, plex);
  add_reply (search, BIJOU_FAKE_JELLYFIN,
             "{\"Id\":\"0123456789abcdef0123456789abcdef\",\"Address\":\"http://10.9.8.7:8096\"}");
  run_search (search, NULL, 2);
  g_assert_cmpuint (find (search, "plex")->urls->len, ==, 1);
  g_assert_cmpuint (find (search, "jellyfin")->urls->len, ==, 2);
}

/* A server that is known is told again when it has one address more. */
static void
test_more_addresses (Search *search, gconstpointer data)
{
  add_reply (search, BIJOU_FAKE_JELLYFIN,
             "{\"Id\":\"0123456789abcdef0123456789abcdef\",\"Address\":\"http://10.9.8.7:8096\"}");
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "{\"Id\":\"0123456789abcdef0123456789abcdef\",\"Address\":\"http://10.9.9.%u\"}", i);

      add_reply (search, BIJOU_FAKE_JELLYFIN, text);
    }
  run_search (search, NULL, G_MAXUINT);
  g_assert_cmpuint (search->found->len, >=, 2);
  for (guint i = 0; i < search->found->len; i++)
    {
      BijouDiscovered *found = g_ptr_array_index (search->found, i);

      g_assert_cmpuint (found->urls->len, >=, 1);
      g_assert_cmpuint (found->urls->len, <=, 6);
    }
}

static void
test_hostile (Search *search, gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "\xff\xfe\xfd",
    "HTTP/1.0 200 OK",
    "{\"Id\":[[[[[[[[[[",
    "HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nResource-Identifier: \r\n",
    "{\"Id\":\"0123456789abcdef0123456789abcdef\",\"Address\":\"http://[::ffff/\"}",
  };
  g_autofree char *huge = g_strnfill (60000, '{');
  g_autoptr (BijouFakeServer) jellyfin = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      add_reply (search, BIJOU_FAKE_PLEX, texts[i]);
      add_reply (search, BIJOU_FAKE_JELLYFIN, texts[i]);
    }
  add_reply (search, BIJOU_FAKE_PLEX, huge);
  add_reply (search, BIJOU_FAKE_JELLYFIN, huge);
  jellyfin = start_server (search, BIJOU_FAKE_JELLYFIN);
  run_search (search, bijou_fake_server_get_id (jellyfin), 1);
}

static void
test_flood (Search *search, gconstpointer data)
{
  g_autoptr (BijouFakeServer) jellyfin = start_server (search, BIJOU_FAKE_JELLYFIN);

  bijou_fake_discovery_flood (search->fake, BIJOU_FAKE_PLEX, 10000);
  run_search (search, NULL, G_MAXUINT);
  g_assert_cmpuint (bijou_fake_discovery_count (search->fake, BIJOU_FAKE_PLEX), >=, 1);
  g_assert_cmpuint (search->found->len, >, 2);
  g_assert_cmpuint (search->found->len, <=, 64);
  g_clear_pointer (&search->found, g_ptr_array_unref);
  search->found = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_discovered_free);

  bijou_fake_discovery_flood (search->fake, BIJOU_FAKE_PLEX, 0);
  run_search (search, bijou_fake_server_get_id (jellyfin), 1);
  g_assert_cmpstr (find (search, "jellyfin")->server_id, ==, bijou_fake_server_get_id (jellyfin));
}

/* An address of this very computer is believed only from this very computer. */
static BijouDiscovered *
parse_senseless (const char *reply, gsize length, GInetAddress *source)
{
  BijouDiscovered *discovered = bijou_discovered_new ("a");

  bijou_discovered_add_url (discovered, "http://0.0.0.0:8096");
  bijou_discovered_add_url (discovered, "http://239.1.2.3:8096");
  bijou_discovered_add_url (discovered, "http://169.254.1.2:8096");
  bijou_discovered_add_url (discovered, "no url");
  bijou_discovered_add_url (discovered, "http://127.0.0.1:1");
  return discovered;
}

static void
test_senseless (Search *search, gconstpointer data)
{
  static const BijouDiscoveryProtocol protocol = {
    .backend = "test",
    .port = 1,
    .query = "who is JellyfinServer?",
    .parse = parse_senseless,
  };
  g_autoptr (BijouDiscovery) discovery = bijou_discovery_new (NULL);

  add_reply (search, BIJOU_FAKE_JELLYFIN, "here");
  bijou_discovery_add_protocol (discovery, &protocol);
  search->wanted = 1;
  g_assert_true (
      bijou_discovery_run (discovery, LONG_MS, on_found_cb, search, search->cancellable));
  g_assert_cmpuint (find (search, "test")->urls->len, ==, 1);
  g_assert_cmpstr (find (search, "test")->urls->pdata[0], ==, "http://127.0.0.1:1");
}

static gpointer
cancel_in_thread (gpointer data)
{
  Search *search = data;

  while (bijou_fake_discovery_count (search->fake, BIJOU_FAKE_PLEX) == 0)
    g_thread_yield ();
  g_cancellable_cancel (search->cancellable);
  return NULL;
}

static void
test_cancelled (Search *search, gconstpointer data)
{
  GThread *thread = g_thread_new ("cancel", cancel_in_thread, search);
  gint64 begin = g_get_monotonic_time ();

  bijou_backend_type_discover (NULL, NULL, LONG_MS, on_found_cb, search, search->cancellable);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, (gint64) LONG_MS * 500);
  g_thread_join (thread);
  g_assert_cmpuint (search->found->len, ==, 0);
}

static void
test_nobody (Search *search, gconstpointer data)
{
  g_autoptr (BijouDiscovery) discovery = bijou_discovery_new (NULL);

  g_setenv ("BIJOU_DISCOVERY_TARGETS", "", TRUE);
  bijou_discovery_add_protocol (discovery, &bijou_backend_type_find ("plex")->discovery);
  g_assert_false (bijou_discovery_run (discovery, LONG_MS, on_found_cb, search, NULL));
  g_setenv ("BIJOU_DISCOVERY_TARGETS", "nonsense,:,1.2.3.4,1.2.3.4:99999,127.0.0.1:", TRUE);
  bijou_backend_type_discover (NULL, NULL, 1, on_found_cb, search, NULL);
  g_assert_cmpuint (search->found->len, ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/discovery/both", Search, NULL, set_up, test_both, tear_down);
  g_test_add ("/discovery/only-one", Search, NULL, set_up, test_only_one, tear_down);
  g_test_add ("/discovery/told-once", Search, NULL, set_up, test_told_once, tear_down);
  g_test_add ("/discovery/more-addresses", Search, NULL, set_up, test_more_addresses, tear_down);
  g_test_add ("/discovery/hostile", Search, NULL, set_up, test_hostile, tear_down);
  g_test_add ("/discovery/flood", Search, NULL, set_up, test_flood, tear_down);
  g_test_add ("/discovery/senseless", Search, NULL, set_up, test_senseless, tear_down);
  g_test_add ("/discovery/cancelled", Search, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/discovery/nobody", Search, NULL, set_up, test_nobody, tear_down);
  return g_test_run ();
}
