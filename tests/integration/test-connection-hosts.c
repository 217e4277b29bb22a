#include "bijou-backend-type.h"
#include "bijou-connection-private.h"

#include "bijou-test-host.h"

#include <string.h>

/* A connection among addresses that are dead in every way. */

#define ID "machine"

static const BijouConnectionPace fast_pace = {
  .starting = 10,
  .recheck = { 10, 20 },
  .upgrade = { 10, 20 },
  .confirm = 10,
  .find = { 60000, 60000 },
};

typedef struct
{
  BijouHttp *http;
  GPtrArray *addresses;
  GPtrArray *winners;
  BijouConnection *connection;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->http = bijou_http_new (NULL);
  fixture->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
  fixture->winners = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_network_winner_free);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->connection);
  g_ptr_array_unref (fixture->addresses);
  g_ptr_array_unref (fixture->winners);
  g_object_unref (fixture->http);
}

static BijouAddress *
add (Fixture *fixture, Host *host, BijouAddressClass address_class)
{
  BijouAddress *address = bijou_address_new (host_get_url (host), BIJOU_ADDRESS_FROM_USER);

  address->address_class = address_class;
  g_ptr_array_add (fixture->addresses, address);
  return address;
}

static void
add_winner (Fixture *fixture, const char *network, Host *host)
{
  g_ptr_array_add (fixture->winners, bijou_network_winner_new (network, host_get_url (host), 1));
}

/* As the program does at its start, with what was kept. */
static void
begin (Fixture *fixture, const char *network)
{
  const BijouIdentityProbe *probe = &bijou_plex_get_type_info ()->probe;

  g_assert_null (fixture->connection);
  fixture->connection = bijou_connection_new (fixture->http, probe, ID, fixture->addresses);
  bijou_connection_set_pace (fixture->connection, &fast_pace);
  bijou_connection_set_network (fixture->connection, network);
  bijou_connection_set_winners (fixture->connection, fixture->winners);
}

/* Nothing is left but what the connection wanted to be kept. */
static void
restart (Fixture *fixture, const char *network)
{
  g_ptr_array_unref (fixture->addresses);
  g_ptr_array_unref (fixture->winners);
  fixture->addresses = bijou_connection_get_addresses (fixture->connection);
  fixture->winners = bijou_connection_get_winners (fixture->connection);
  g_clear_object (&fixture->connection);
  g_object_unref (fixture->http);
  fixture->http = bijou_http_new (NULL);
  begin (fixture, network);
}

static guint
call (Fixture *fixture, GError **error)
{
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", "/x", BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response = NULL;

  bijou_http_request_set_header (request, "X-Plex-Token", "secret");
  response = bijou_connection_send (fixture->connection, request, NULL, error);
  return response == NULL ? 0 : bijou_http_response_get_status (response);
}

static void
assert_works_over (Fixture *fixture, Host *host)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  g_assert_cmpuint (call (fixture, &error), ==, 200);
  g_assert_no_error (error);
  url = bijou_connection_dup_current_url (fixture->connection);
  g_assert_cmpstr (url, ==, host_get_url (host));
}

static void
assert_fails (Fixture *fixture, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (call (fixture, &error), ==, 0);
  g_assert_error (error, BIJOU_ERROR, code);
}

static gboolean
is_over (Fixture *fixture, Host *host)
{
  g_autofree char *url = bijou_connection_dup_current_url (fixture->connection);

  return g_strcmp0 (url, host_get_url (host)) == 0;
}

/* --- deaths --- */

static void
test_death (Fixture *fixture, gconstpointer data)
{
  HostKind kind = GPOINTER_TO_UINT (data);
  g_autoptr (Host) dead = host_new (kind, ID);
  g_autoptr (Host) alive = host_new (HOST_ALIVE, ID);
  guint probes;

  add (fixture, dead, BIJOU_ADDRESS_LAN)->last_success = 5;
  add (fixture, alive, BIJOU_ADDRESS_DIRECT);
  add_winner (fixture, "home", dead);
  begin (fixture, "home");
  assert_works_over (fixture, alive);

  /* The second action asks nobody who is there. */
  probes = host_get_probes (dead);
  assert_works_over (fixture, alive);
  g_assert_cmpuint (host_get_probes (dead), ==, probes);
  g_assert_cmpuint (host_get_probes (alive), ==, 1);

  restart (fixture, "home");
  assert_works_over (fixture, alive);
  g_assert_cmpint (bijou_connection_get_reason (fixture->connection), ==,
                   BIJOU_CONNECTION_REASON_REMEMBERED);
  if (host_get_probes (dead) != probes)
    g_test_message ("A busy machine: the winner used its head start up");

  g_assert_false (host_saw_token (dead));
  g_assert_cmpuint (host_get_calls (dead), ==, 0);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    HostKind kind;
    BijouError code;
  } deaths[] = {
    { HOST_REFUSES, BIJOU_ERROR_OFFLINE },
    { HOST_BAD_CERTIFICATE, BIJOU_ERROR_TLS },
    { HOST_WRONG_SERVER, BIJOU_ERROR_WRONG_SERVER },
    { HOST_UNAUTHORISED, BIJOU_ERROR_UNAUTHORISED },
    { HOST_STARTING, BIJOU_ERROR_SERVER_STARTING },
    { HOST_REDIRECTS, BIJOU_ERROR_PROTOCOL },
    { HOST_HTML, BIJOU_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (deaths); i++)
    {
      g_autoptr (Host) host = host_new (deaths[i].kind, ID);
      g_autoptr (GError) error = NULL;

      g_ptr_array_set_size (fixture->addresses, 0);
      add (fixture, host, BIJOU_ADDRESS_LAN);
      begin (fixture, NULL);
      g_assert_null (bijou_connection_dup_error (fixture->connection));
      assert_fails (fixture, (int) deaths[i].code);
      error = bijou_connection_dup_error (fixture->connection);
      g_assert_error (error, BIJOU_ERROR, (int) deaths[i].code);
      g_assert_false (host_saw_token (host));
      g_clear_object (&fixture->connection);
    }
}

static void
test_unauthorised_stays (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) used = host_new (HOST_ALIVE, ID);
  g_autoptr (Host) other = host_new (HOST_ALIVE, ID);
  g_autoptr (GError) error = NULL;

  add (fixture, used, BIJOU_ADDRESS_LAN);
  add (fixture, other, BIJOU_ADDRESS_RELAY);
  begin (fixture, NULL);
  assert_works_over (fixture, used);
  host_set_status (used, 401);
  g_assert_cmpuint (call (fixture, &error), ==, 401);
  g_assert_no_error (error);
  g_assert_true (is_over (fixture, used));
  g_assert_cmpuint (host_get_probes (used), ==, 1);
  g_assert_cmpuint (host_get_probes (other) + host_get_calls (other), ==, 0);
}

/* --- classes and reasons --- */

static void
test_lan_beats_early_relay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) relay = host_new (HOST_ALIVE, ID);
  g_autoptr (Host) lan = host_new (HOST_ALIVE, ID);

  host_set_delay (lan, 50);
  add (fixture, relay, BIJOU_ADDRESS_RELAY);
  add (fixture, lan, BIJOU_ADDRESS_LAN);
  add_winner (fixture, "home", relay);
  begin (fixture, "home");
  assert_works_over (fixture, lan);
  g_assert_cmpuint (host_get_probes (relay), ==, 0);
}

static void
assert_reason (Fixture *fixture, Host *host, BijouConnectionReason reason)
{
  assert_works_over (fixture, host);
  g_assert_cmpint (bijou_connection_get_reason (fixture->connection), ==, reason);
  g_clear_object (&fixture->connection);
}

static void
test_reasons (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) lan = host_new (HOST_ALIVE, ID);
  g_autoptr (Host) direct = host_new (HOST_ALIVE, ID);
  g_autoptr (Host) relay = host_new (HOST_ALIVE, ID);
  BijouAddress *address = add (fixture, lan, BIJOU_ADDRESS_LAN);

  begin (fixture, NULL);
  g_assert_cmpint (bijou_connection_get_reason (fixture->connection), ==,
                   BIJOU_CONNECTION_REASON_NONE);
  assert_reason (fixture, lan, BIJOU_CONNECTION_REASON_ONLY_ONE);

  add (fixture, direct, BIJOU_ADDRESS_DIRECT);
  host_set_delay (lan, 100);
  begin (fixture, NULL);
  assert_reason (fixture, lan, BIJOU_CONNECTION_REASON_BEST_CLASS);

  host_set_kind (lan, HOST_HTML);
  host_set_delay (lan, 0);
  host_set_delay (direct, 300);
  begin (fixture, NULL);
  assert_reason (fixture, direct, BIJOU_CONNECTION_REASON_ONLY_GOOD);

  host_set_kind (direct, HOST_HTML);
  add (fixture, relay, BIJOU_ADDRESS_RELAY);
  begin (fixture, NULL);
  assert_reason (fixture, relay, BIJOU_CONNECTION_REASON_RELAY);

  host_set_kind (lan, HOST_ALIVE);
  address->pinned = TRUE;
  begin (fixture, NULL);
  assert_reason (fixture, lan, BIJOU_CONNECTION_REASON_PINNED);
}

static BijouAddress *
find_learned (GPtrArray *addresses, Host *host)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      BijouAddress *address = addresses->pdata[i];

      if (g_str_equal (address->url, host_get_url (host)))
        return address;
    }
  return NULL;
}

static void
test_each_network_has_its_winner (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) home = host_new (HOST_ALIVE, ID);
  g_autoptr (Host) work = host_new (HOST_ALIVE, ID);
  g_autoptr (GPtrArray) winners = NULL;
  g_autoptr (GPtrArray) learned = NULL;

  /* It failed at work only: no reason to doubt it at home. */
  add (fixture, home, BIJOU_ADDRESS_DIRECT)->failures = 3;
  add (fixture, work, BIJOU_ADDRESS_DIRECT)->last_success = 99;
  add_winner (fixture, "home", home);
  add_winner (fixture, "work", work);
  host_set_delay (work, 1000);
  begin (fixture, "home");
  assert_reason (fixture, home, BIJOU_CONNECTION_REASON_REMEMBERED);
  host_set_delay (work, 0);
  host_set_delay (home, 1000);
  begin (fixture, "work");
  assert_works_over (fixture, work);

  host_set_delay (home, 0);
  host_set_delay (work, 1000);
  bijou_connection_set_network (fixture->connection, "home");
  bijou_connection_network_changed (fixture->connection);
  assert_works_over (fixture, home);
  g_assert_cmpint (bijou_connection_get_reason (fixture->connection), ==,
                   BIJOU_CONNECTION_REASON_REMEMBERED);

  bijou_connection_set_network (fixture->connection, "hotel");
  bijou_connection_network_changed (fixture->connection);
  host_set_kind (home, HOST_HTML);
  host_set_delay (work, 100);
  assert_works_over (fixture, work);
  g_assert_cmpint (bijou_connection_get_reason (fixture->connection), ==,
                   BIJOU_CONNECTION_REASON_ONLY_GOOD);

  winners = bijou_connection_get_winners (fixture->connection);
  g_assert_cmpuint (winners->len, ==, 3);
  g_assert_cmpstr (((BijouNetworkWinner *) winners->pdata[2])->network, ==, "hotel");
  g_assert_cmpstr (((BijouNetworkWinner *) winners->pdata[2])->url, ==, host_get_url (work));
  learned = bijou_connection_get_addresses (fixture->connection);
  g_assert_cmpint (find_learned (learned, home)->failures, >, 0);
  g_assert_cmpint (find_learned (learned, home)->failed_at, >, 0);
  g_assert_cmpint (find_learned (learned, work)->failures, ==, 0);
}

/* --- upkeep --- */

static void
run_until_probes (Host *host, guint count)
{
  while (host_get_probes (host) < count)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_until_over (Fixture *fixture, Host *host)
{
  while (!is_over (fixture, host))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_upkeep_due (BijouConnection *connection)
{
  gboolean due;

  g_mutex_lock (&connection->shared.lock);
  due = connection->upkeep.source != NULL || connection->upkeep.race != NULL;
  g_mutex_unlock (&connection->shared.lock);
  return due;
}

static void
test_better_class_takes_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) lan = host_new (HOST_STARTING, ID);
  g_autoptr (Host) relay = host_new (HOST_ALIVE, ID);
  guint before;

  add (fixture, lan, BIJOU_ADDRESS_LAN);
  add (fixture, relay, BIJOU_ADDRESS_RELAY);
  begin (fixture, "home");
  assert_works_over (fixture, relay);
  g_assert_false (is_upkeep_due (fixture->connection)); /* nobody looks */

  bijou_connection_set_upkeep (fixture->connection, TRUE);
  run_until_probes (lan, 3);
  g_assert_true (is_over (fixture, relay));
  before = host_get_probes (lan);
  host_set_kind (lan, HOST_ALIVE);
  run_until_over (fixture, lan);
  g_assert_cmpuint (host_get_probes (lan), >=, before + 2);
  g_assert_cmpint (bijou_connection_get_reason (fixture->connection), ==,
                   BIJOU_CONNECTION_REASON_UPGRADED);
  g_assert_cmpuint (host_get_probes (relay), ==, 1);

  /* The best is in use: nothing is due any more, and nobody probes. */
  before = host_get_probes (lan);
  g_assert_false (is_upkeep_due (fixture->connection));
  assert_works_over (fixture, lan);
  g_assert_cmpuint (host_get_probes (lan), ==, before);
  g_assert_cmpuint (host_get_probes (relay), ==, 1);
}

static gboolean
on_head_cb (BijouHttpResponse *response, gpointer user_data)
{
  return bijou_http_response_get_status (response) == 200;
}

static gboolean
on_data_cb (const guint8 *bytes, gsize length, gpointer user_data)
{
  *(gsize *) user_data += length;
  return TRUE;
}

/* A film that plays over the relay goes on there; who asks next is sent to the LAN. */
static void
test_transfer_is_left_alone (Fixture *fixture, gconstpointer data)
{
  static const BijouHttpTransferFuncs funcs = { on_head_cb, on_data_cb, NULL };
  g_autoptr (Host) lan = host_new (HOST_STARTING, ID);
  g_autoptr (Host) relay = host_new (HOST_ALIVE, ID);
  g_autoptr (BijouHttpRequest) request =
      bijou_http_request_new ("GET", "/film", BIJOU_HTTP_TRANSFER);
  g_autoptr (BijouHttpRequest) resolved = NULL;
  g_autoptr (BijouHttpTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;
  gsize received = 0;

  add (fixture, lan, BIJOU_ADDRESS_LAN);
  add (fixture, relay, BIJOU_ADDRESS_RELAY);
  begin (fixture, "home");
  assert_works_over (fixture, relay);
  host_set_delay (relay, 500);
  resolved = bijou_connection_resolve (fixture->connection, request, NULL, &error);
  g_assert_no_error (error);
  transfer = bijou_http_transfer_start (fixture->http, resolved, &funcs, &received);

  host_set_kind (lan, HOST_ALIVE);
  bijou_connection_set_upkeep (fixture->connection, TRUE);
  run_until_over (fixture, lan);
  assert_works_over (fixture, lan);
  g_assert_true (bijou_http_transfer_wait (transfer, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (received, ==, strlen ("/film"));
}

static void
test_flaky_class_does_not (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) lan = host_new (HOST_STARTING, ID);
  g_autoptr (Host) relay = host_new (HOST_ALIVE, ID);

  add (fixture, lan, BIJOU_ADDRESS_LAN);
  add (fixture, relay, BIJOU_ADDRESS_RELAY);
  begin (fixture, "home");
  assert_works_over (fixture, relay);
  host_set_flaky (lan, TRUE);
  host_set_kind (lan, HOST_ALIVE);
  bijou_connection_set_upkeep (fixture->connection, TRUE);
  run_until_probes (lan, 9);
  g_assert_true (is_over (fixture, relay));
}

static void
on_changed_cb (BijouConnection *connection, gpointer user_data)
{
  g_assert_cmpint (bijou_connection_get_state (connection), !=, BIJOU_CONNECTION_RACING);
}

static void
test_comes_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) host = host_new (HOST_STARTING, ID);
  g_autoptr (GError) error = NULL;

  add (fixture, host, BIJOU_ADDRESS_LAN);
  begin (fixture, "home");
  assert_fails (fixture, BIJOU_ERROR_SERVER_STARTING);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  /* Nobody asks, and nobody is shown that it is tried. */
  g_signal_connect (fixture->connection, "changed", G_CALLBACK (on_changed_cb), NULL);
  bijou_connection_set_upkeep (fixture->connection, TRUE);
  run_until_probes (host, 4);
  error = bijou_connection_dup_error (fixture->connection);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  g_clear_error (&error);
  host_set_kind (host, HOST_HTML);
  run_until_probes (host, 7);
  host_set_kind (host, HOST_ALIVE);
  while (bijou_connection_get_state (fixture->connection) != BIJOU_CONNECTION_CONNECTED)
    g_main_context_iteration (NULL, TRUE);
  error = bijou_connection_dup_error (fixture->connection);
  g_assert_no_error (error);
}

static void
test_503_ends_freshness (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) host = host_new (HOST_ALIVE, ID);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("POST", "/x", BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture, host, BIJOU_ADDRESS_LAN);
  begin (fixture, "home");
  assert_works_over (fixture, host);
  host_set_status (host, 503);
  response = bijou_connection_send (fixture->connection, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 503);
  host_set_kind (host, HOST_STARTING);
  assert_fails (fixture, BIJOU_ERROR_SERVER_STARTING);
}

static void
test_upkeep_goes_with_it (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) lan = host_new (HOST_MUTE, ID);
  g_autoptr (Host) relay = host_new (HOST_ALIVE, ID);
  guint before;

  add (fixture, lan, BIJOU_ADDRESS_LAN)->disabled = TRUE;
  add (fixture, relay, BIJOU_ADDRESS_RELAY);
  begin (fixture, "home");
  assert_works_over (fixture, relay);
  ((BijouAddress *) fixture->addresses->pdata[0])->disabled = FALSE;
  bijou_connection_set_addresses (fixture->connection, fixture->addresses);
  before = host_get_probes (lan);
  bijou_connection_set_upkeep (fixture->connection, TRUE);
  run_until_probes (lan, before + 1);
  g_assert_finalize_object (g_steal_pointer (&fixture->connection));
}

/* --- discovery --- */

typedef struct
{
  Host *host; /* (nullable) what is found; else it searches until it is told to stop */
  gint searches;
  gint stopped;
} Finder;

static void
find_in_thread (BijouConnection *connection, gpointer user_data, GCancellable *cancellable)
{
  Finder *finder = user_data;
  g_autoptr (GPtrArray) found = NULL;
  GPollFD poll;

  g_atomic_int_inc (&finder->searches);
  if (finder->host == NULL)
    {
      g_assert_true (g_cancellable_make_pollfd (cancellable, &poll));
      g_poll (&poll, 1, -1);
      g_cancellable_release_fd (cancellable);
      g_atomic_int_set (&finder->stopped, TRUE);
      return;
    }
  found = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
  g_ptr_array_add (found,
                   bijou_address_new (host_get_url (finder->host), BIJOU_ADDRESS_FROM_DISCOVERY));
  bijou_connection_add_addresses (connection, found);
}

static void
test_found_address_joins (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) dead = host_new (HOST_REFUSES, ID);
  g_autoptr (Host) alive = host_new (HOST_ALIVE, ID);
  Finder finder = { .host = alive };
  g_autoptr (GPtrArray) learned = NULL;

  add (fixture, dead, BIJOU_ADDRESS_LAN);
  begin (fixture, "home");
  bijou_connection_set_finder (fixture->connection, find_in_thread, &finder, NULL);
  assert_works_over (fixture, alive);
  g_assert_cmpint (finder.searches, ==, 1);
  learned = bijou_connection_get_addresses (fixture->connection);
  g_assert_cmpuint (learned->len, ==, 2);
  g_assert_cmpint (find_learned (learned, alive)->source, ==, BIJOU_ADDRESS_FROM_DISCOVERY);
}

static void
test_no_search_before_need (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) dead = host_new (HOST_MUTE, ID);
  g_autoptr (Host) alive = host_new (HOST_ALIVE, ID);
  Finder finder = { .host = alive };

  add (fixture, dead, BIJOU_ADDRESS_LAN);
  add (fixture, alive, BIJOU_ADDRESS_DIRECT);
  begin (fixture, "home");
  bijou_connection_set_finder (fixture->connection, find_in_thread, &finder, NULL);
  assert_works_over (fixture, alive);
  g_assert_cmpint (finder.searches, ==, 0);
}

/* Probes that hang, then a relay that does, and a search without end. */
static void
test_all_lost_in_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) mute = host_new (HOST_MUTE, ID);
  g_autoptr (Host) full = host_new (HOST_DROPS_SYN, ID);
  g_autoptr (Host) relay = host_new (HOST_MUTE, ID);
  Finder finder = { NULL };
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  add (fixture, mute, BIJOU_ADDRESS_LAN);
  add (fixture, full, BIJOU_ADDRESS_DIRECT);
  add (fixture, relay, BIJOU_ADDRESS_RELAY);
  begin (fixture, "home");
  bijou_connection_set_finder (fixture->connection, find_in_thread, &finder, NULL);
  assert_fails (fixture, BIJOU_ERROR_TIMEOUT);
  /* 6.5 s; the rest is for a machine that is busy. */
  g_assert_cmpint ((g_get_monotonic_time () - begun) / 1000, <, 10000);
  while (!g_atomic_int_get (&finder.stopped))
    g_thread_yield ();
  g_assert_cmpint (finder.searches, ==, 1);
  error = bijou_connection_dup_error (fixture->connection);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT);
}

static void
test_vain_search_is_rare (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Host) dead = host_new (HOST_REFUSES, ID);
  g_autoptr (Host) other = host_new (HOST_WRONG_SERVER, ID);
  Finder finder = { .host = other };

  add (fixture, dead, BIJOU_ADDRESS_LAN);
  begin (fixture, "home");
  bijou_connection_set_finder (fixture->connection, find_in_thread, &finder, NULL);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (GPtrArray) learned = NULL;

      assert_fails (fixture, BIJOU_ERROR_WRONG_SERVER);
      learned = bijou_connection_get_addresses (fixture->connection);
      bijou_connection_set_addresses (fixture->connection, learned); /* ends the pause */
    }
  g_assert_cmpint (finder.searches, ==, 1);
  bijou_connection_network_changed (fixture->connection);
  assert_fails (fixture, BIJOU_ERROR_WRONG_SERVER);
  g_assert_cmpint (finder.searches, ==, 2);
}

#define ADD(name, func) g_test_add ("/connection/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = HOST_REFUSES; i < N_HOST_KINDS; i++)
    {
      g_autofree char *path = g_strconcat ("/connection/dead/", host_kind_to_string (i), NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_death, tear_down);
    }
  ADD ("errors", test_errors);
  ADD ("unauthorised-stays", test_unauthorised_stays);
  ADD ("lan-beats-early-relay", test_lan_beats_early_relay);
  ADD ("reasons", test_reasons);
  ADD ("each-network-has-its-winner", test_each_network_has_its_winner);
  ADD ("better-class-takes-over", test_better_class_takes_over);
  ADD ("transfer-is-left-alone", test_transfer_is_left_alone);
  ADD ("flaky-class-does-not", test_flaky_class_does_not);
  ADD ("comes-back", test_comes_back);
  ADD ("503-ends-freshness", test_503_ends_freshness);
  ADD ("upkeep-goes-with-it", test_upkeep_goes_with_it);
  ADD ("found-address-joins", test_found_address_joins);
  ADD ("no-search-before-need", test_no_search_before_need);
  ADD ("all-lost-in-time", test_all_lost_in_time);
  ADD ("vain-search-is-rare", test_vain_search_is_rare);
  return g_test_run ();
}
