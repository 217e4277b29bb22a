#include "config.h"

#include "bijou-address-finder.h"
#include "bijou-context-private.h"
#include "bijou-fake-discovery.h"
#include "bijou-server-addresses.h"
#include "bijou-test-files.h"

#include <locale.h>
#include <string.h>

/* Servers that are not where they were: who says where they are now, and who is not believed. */

#define DEAD "http://127.0.0.1:9"

typedef struct
{
  char *folder; /* (owned) the profile */
  BijouContext *context;
  BijouFakeServer *plex;
  BijouFakeServer *other;
  BijouFakeServer *jellyfin;
  BijouFakeDiscovery *network;
} Fixture;

static BijouFakeServer *
start_server (BijouFakeProtocolKind kind)
{
  BijouFakeOptions options = { .movies = 2, .shows = 1, .seasons = 1, .episodes = 1 };
  g_autoptr (GError) error = NULL;
  BijouFakeServer *server;

  if (kind == BIJOU_FAKE_PLEXTV)
    {
      options.id = "c100000000000000000000000000000000000002";
      kind = BIJOU_FAKE_PLEX;
    }
  server = bijou_fake_server_start (kind, &options, &error);
  g_assert_no_error (error);
  return server;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouContextOptions options = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  fixture->network = bijou_fake_discovery_start (0, &error);
  g_assert_no_error (error);
  g_setenv ("BIJOU_DISCOVERY_TARGETS", bijou_fake_discovery_get_target (fixture->network), TRUE);
  fixture->plex = start_server (BIJOU_FAKE_PLEX);
  fixture->other = start_server (BIJOU_FAKE_PLEXTV);
  fixture->jellyfin = start_server (BIJOU_FAKE_JELLYFIN);
  fixture->folder = g_dir_make_tmp ("bijou-test-XXXXXX", NULL);
  options.profile = fixture->folder;
  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->context);
  bijou_fake_discovery_stop (fixture->network);
  bijou_fake_server_stop (fixture->jellyfin);
  bijou_fake_server_stop (fixture->other);
  bijou_fake_server_stop (fixture->plex);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* --- helpers --- */

static BijouConnection *
get_connection (Fixture *fixture, BijouFakeServer *server)
{
  g_autoptr (BijouBackend) backend =
      bijou_context_get_backend (fixture->context, bijou_fake_server_get_id (server));

  g_assert_nonnull (backend);
  return g_object_ref (bijou_backend_get_connection (backend));
}

static GPtrArray *
get_addresses (Fixture *fixture, BijouFakeServer *server)
{
  g_autoptr (BijouConnection) connection = get_connection (fixture, server);

  return bijou_connection_get_addresses (connection);
}

static BijouAddress *
find_url (GPtrArray *addresses, const char *url)
{
  for (guint i = 0; i < addresses->len; i++)
    if (g_str_equal (((BijouAddress *) addresses->pdata[i])->url, url))
      return addresses->pdata[i];
  return NULL;
}

static guint
count_found (GPtrArray *addresses)
{
  guint n = 0;

  for (guint i = 0; i < addresses->len; i++)
    n += ((BijouAddress *) addresses->pdata[i])->source == BIJOU_ADDRESS_FROM_DISCOVERY;
  return n;
}

/* Keeps the server as if somebody had signed in to it at @url. */
static void
keep_server (Fixture *fixture, BijouFakeServer *server, const char *backend, const char *url)
{
  g_autoptr (BijouSignedIn) signed_in = g_new0 (BijouSignedIn, 1);
  g_autoptr (GError) error = NULL;

  signed_in->server = bijou_server_new (backend, bijou_fake_server_get_id (server), "Name");
  signed_in->server->client_id = g_strdup ("test");
  signed_in->token = bijou_fake_server_dup_token (server, 0);
  g_ptr_array_add (signed_in->server->addresses, bijou_address_new (url, BIJOU_ADDRESS_FROM_USER));
  bijou_context_add_server (fixture->context, signed_in, &error);
  g_assert_no_error (error);
}

static void
add_address (Fixture *fixture, BijouFakeServer *server, BijouAddress *address)
{
  g_autoptr (BijouConnection) connection = get_connection (fixture, server);
  g_autoptr (GPtrArray) addresses = bijou_connection_get_addresses (connection);

  g_ptr_array_add (addresses, address);
  bijou_connection_set_addresses (connection, addresses);
}

static char *
make_local_url (BijouFakeServer *server)
{
  return g_strdup_printf ("http://localhost:%u", bijou_fake_server_get_port (server));
}

static char *
connect_to (Fixture *fixture, BijouFakeServer *server, GError **error)
{
  g_autoptr (BijouConnection) connection = get_connection (fixture, server);

  return bijou_connection_get_base_url (connection, NULL, error);
}

static void
look_around (Fixture *fixture)
{
  g_autoptr (BijouAddressFinder) finder = bijou_address_finder_new (fixture->context);

  bijou_address_finder_look_around (finder);
}

static void
add_plex_reply (Fixture *fixture, BijouFakeServer *server, guint port)
{
  char *text = g_strdup_printf ("HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\n"
                                "Resource-Identifier: %s\r\nPort: %u\r\n\r\n",
                                bijou_fake_server_get_id (server), port);
  g_autoptr (GBytes) reply = g_bytes_new_take (text, strlen (text));

  bijou_fake_discovery_add_reply (fixture->network, BIJOU_FAKE_PLEX, reply);
}

static gboolean
is_stored (Fixture *fixture, BijouFakeServer *server, const char *url)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (fixture->context), NULL);

  for (guint i = 0; i < servers->len; i++)
    {
      BijouServer *known = servers->pdata[i];

      if (g_str_equal (known->id, bijou_fake_server_get_id (server)))
        return find_url (known->addresses, url) != NULL;
    }
  return FALSE;
}

/* --- beside a race --- */

static void
test_found (Fixture *fixture, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? fixture->jellyfin : fixture->plex;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  keep_server (fixture, server, data != NULL ? "jellyfin" : "plex", DEAD);
  bijou_fake_discovery_add (fixture->network, fixture->other);
  bijou_fake_discovery_add (fixture->network, server);
  url = connect_to (fixture, server, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (url, ==, bijou_fake_server_get_url (server));

  addresses = get_addresses (fixture, server);
  g_assert_cmpuint (addresses->len, ==, 2);
  g_assert_cmpint (find_url (addresses, DEAD)->source, ==, BIJOU_ADDRESS_FROM_USER);
  g_assert_cmpint (find_url (addresses, url)->source, ==, BIJOU_ADDRESS_FROM_DISCOVERY);
  while (!is_stored (fixture, server, url))
    g_main_context_iteration (NULL, TRUE);
}

/* Another server, which says that it is this one, is asked who it is and told nothing. */
static void
test_impostor (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GPtrArray) log = NULL;

  keep_server (fixture, fixture->plex, "plex", DEAD);
  add_plex_reply (fixture, fixture->plex, bijou_fake_server_get_port (fixture->other));
  url = connect_to (fixture, fixture->plex, &error);
  g_assert_null (url);
  g_assert_nonnull (error);
  log = bijou_fake_server_dup_log (fixture->other);
  g_assert_cmpuint (log->len, >=, 1);
  for (guint i = 0; i < log->len; i++)
    {
      BijouFakeLogEntry *entry = log->pdata[i];

      g_assert_cmpstr (entry->path, ==, "/identity");
      g_assert_cmpint (entry->token, ==, BIJOU_FAKE_TOKEN_NONE);
    }
}

static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  keep_server (fixture, fixture->plex, "plex", DEAD);
  for (guint i = 1; i <= 30; i++)
    add_plex_reply (fixture, fixture->plex, i);
  look_around (fixture);
  url = connect_to (fixture, fixture->plex, NULL);
  addresses = get_addresses (fixture, fixture->plex);
  g_assert_cmpuint (count_found (addresses), >=, 1);
  g_assert_cmpuint (count_found (addresses), <=, 6);
  g_assert_nonnull (find_url (addresses, DEAD));
}

/* Who is reached with TLS alone is not tried without it. */
static void
test_secure_stays_secure (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  keep_server (fixture, fixture->jellyfin, "jellyfin", "https://127.0.0.1:9");
  bijou_fake_discovery_add (fixture->network, fixture->jellyfin);
  url = connect_to (fixture, fixture->jellyfin, NULL);
  look_around (fixture);
  g_assert_null (url);
  addresses = get_addresses (fixture, fixture->jellyfin);
  g_assert_cmpuint (addresses->len, ==, 1);
  g_assert_cmpuint (bijou_fake_server_count (fixture->jellyfin, "*"), ==, 0);
  g_assert_cmpuint (bijou_fake_discovery_count (fixture->network, BIJOU_FAKE_JELLYFIN), >=, 1);
}

static gpointer
connect_in_thread (gpointer data)
{
  Fixture *fixture = data;

  g_free (connect_to (fixture, fixture->plex, NULL));
  return NULL;
}

/* The profile is closed while the network is asked and says nothing. */
static void
test_closed_meanwhile (Fixture *fixture, gconstpointer data)
{
  GThread *thread;

  keep_server (fixture, fixture->plex, "plex", DEAD);
  thread = g_thread_new ("connect", connect_in_thread, fixture);
  while (bijou_fake_discovery_count (fixture->network, BIJOU_FAKE_PLEX) == 0)
    g_thread_yield ();
  bijou_context_shutdown (fixture->context);
  g_thread_join (thread);
}

/* --- in the background --- */

static void
test_own_address (Fixture *fixture, gconstpointer data)
{
  g_autofree char *typed = make_local_url (fixture->jellyfin);
  g_autofree char *url = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  keep_server (fixture, fixture->jellyfin, "jellyfin", typed);
  url = connect_to (fixture, fixture->jellyfin, NULL);
  g_assert_cmpstr (url, ==, typed);
  look_around (fixture);
  look_around (fixture);

  addresses = get_addresses (fixture, fixture->jellyfin);
  g_assert_cmpuint (addresses->len, ==, 2);
  g_assert_cmpstr (((BijouAddress *) addresses->pdata[0])->url, ==, typed);
  g_assert_cmpint (((BijouAddress *) addresses->pdata[0])->source, ==, BIJOU_ADDRESS_FROM_USER);
  g_assert_cmpint (((BijouAddress *) addresses->pdata[1])->source, ==,
                   BIJOU_ADDRESS_FROM_DISCOVERY);
  /* Nothing better is to be had from the network. */
  g_assert_cmpuint (bijou_fake_discovery_count (fixture->network, BIJOU_FAKE_JELLYFIN), ==, 0);
}

static void
test_look_around (Fixture *fixture, gconstpointer data)
{
  g_autofree char *jellyfin = NULL;
  g_autofree char *plex = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  keep_server (fixture, fixture->jellyfin, "jellyfin",
               bijou_fake_server_get_url (fixture->jellyfin));
  keep_server (fixture, fixture->plex, "plex", DEAD);
  jellyfin = connect_to (fixture, fixture->jellyfin, NULL);
  g_assert_nonnull (jellyfin);
  bijou_fake_discovery_add (fixture->network, fixture->plex);
  bijou_fake_discovery_add (fixture->network, fixture->other);
  look_around (fixture);
  addresses = get_addresses (fixture, fixture->plex);
  g_assert_nonnull (find_url (addresses, bijou_fake_server_get_url (fixture->plex)));
  plex = connect_to (fixture, fixture->plex, NULL);
  g_assert_cmpstr (plex, ==, bijou_fake_server_get_url (fixture->plex));
}

static BijouAddress *
create_old (const char *url, BijouAddressSource source, int failures, gint64 days)
{
  BijouAddress *address = bijou_address_new (url, source);

  address->failures = failures;
  address->last_success = g_get_real_time () / G_USEC_PER_SEC - days * 24 * 3600;
  return address;
}

static void
test_stale (Fixture *fixture, gconstpointer data)
{
  const char *id = bijou_fake_server_get_id (fixture->plex);
  BijouAddress *pinned = create_old ("http://127.0.0.1:4", BIJOU_ADDRESS_FROM_DISCOVERY, 50, 90);
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GPtrArray) fewer = NULL;

  keep_server (fixture, fixture->plex, "plex", DEAD);
  pinned->pinned = TRUE;
  add_address (fixture, fixture->plex,
               create_old ("http://127.0.0.1:1", BIJOU_ADDRESS_FROM_DISCOVERY, 50, 90));
  add_address (fixture, fixture->plex,
               create_old ("http://127.0.0.1:2", BIJOU_ADDRESS_FROM_DISCOVERY, 50, 3));
  add_address (fixture, fixture->plex,
               create_old ("http://127.0.0.1:3", BIJOU_ADDRESS_FROM_USER, 50, 90));
  add_address (fixture, fixture->plex, pinned);
  add_address (fixture, fixture->plex,
               create_old ("http://127.0.0.1:5", BIJOU_ADDRESS_FROM_DISCOVERY, 0, 0));
  add_address (fixture, fixture->plex,
               create_old ("http://127.0.0.1:6", BIJOU_ADDRESS_FROM_ACCOUNT, 50, 90));

  g_assert_true (bijou_server_addresses_drop_stale (fixture->context, id, 6));
  addresses = get_addresses (fixture, fixture->plex);
  g_assert_cmpuint (addresses->len, ==, 6);
  g_assert_null (find_url (addresses, "http://127.0.0.1:1"));
  g_assert_false (is_stored (fixture, fixture->plex, "http://127.0.0.1:1"));

  /* Where there is no room, one that fails goes before its time, but none that works. */
  g_assert_false (bijou_server_addresses_drop_stale (fixture->context, id, 1));
  fewer = get_addresses (fixture, fixture->plex);
  g_assert_cmpuint (fewer->len, ==, 5);
  g_assert_null (find_url (fewer, "http://127.0.0.1:2"));
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/address-finder/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("found/plex", NULL, test_found);
  ADD ("found/jellyfin", "jellyfin", test_found);
  ADD ("impostor", NULL, test_impostor);
  ADD ("bounded", NULL, test_bounded);
  ADD ("secure-stays-secure", NULL, test_secure_stays_secure);
  ADD ("closed-meanwhile", NULL, test_closed_meanwhile);
  ADD ("own-address", NULL, test_own_address);
  ADD ("look-around", NULL, test_look_around);
  ADD ("stale", NULL, test_stale);
  return g_test_run ();
}
