#include "config.h"

#include "bench-profile.h"

#include "bijou-backend-type.h"
#include "bijou-connection.h"
#include "bijou-test-host.h"

/* The first answer of a server whose saved address is dead in each of its ways, while another known
 * one is alive at a latency; against the same with the right address saved, and against a client
 * that does one thing after the other: the saved address with 2 s of patience, then the account
 * service, then a probe of what that lists. */

#define ID "machine"
#define NETWORK "home"
#define RUNS 5
/* Of an answer of the account service. */
#define DISCOVERY_MS 1500
/* The head start, and what the work around two answers may take. */
#define HEAD_START_MS 150
#define SLACK_MS 50

typedef struct
{
  HostKind kind;
  guint latency_ms;
  Host *dead;
  Host *alive;
} Scene;

/* What is kept from one start of the program to the next. */
typedef struct
{
  GPtrArray *addresses; /* (owned) of BijouAddress */
  GPtrArray *winners;   /* (owned) of BijouNetworkWinner */
} Memory;

typedef struct
{
  double first;
  double second;
  double restart;
  double right;
  guint second_probes;
} Times;

static double
get_ms (gint64 since)
{
  return (double) (g_get_monotonic_time () - since) / 1000;
}

static void
add_address (Memory *memory, Host *host, BijouAddressClass address_class)
{
  BijouAddress *address = bijou_address_new (host_get_url (host), BIJOU_ADDRESS_FROM_USER);

  address->address_class = address_class;
  g_ptr_array_add (memory->addresses, address);
}

/* The dead one is even of the better class. */
static void
memory_init (Memory *memory, const Scene *scene, Host *saved)
{
  memory->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
  memory->winners = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_network_winner_free);
  add_address (memory, scene->dead, BIJOU_ADDRESS_LAN);
  add_address (memory, scene->alive, BIJOU_ADDRESS_DIRECT);
  g_ptr_array_add (memory->winners, bijou_network_winner_new (NETWORK, host_get_url (saved), 1));
}

static void
memory_clear (Memory *memory)
{
  g_ptr_array_unref (memory->addresses);
  g_ptr_array_unref (memory->winners);
}

static void
memory_learn (Memory *memory, BijouConnection *connection)
{
  memory_clear (memory);
  memory->addresses = bijou_connection_get_addresses (connection);
  memory->winners = bijou_connection_get_winners (connection);
}

static BijouConnection *
start (BijouHttp *http, Memory *memory)
{
  BijouConnection *connection =
      bijou_connection_new (http, &bijou_plex_get_type_info ()->probe, ID, memory->addresses);

  bijou_connection_set_network (connection, NETWORK);
  bijou_connection_set_winners (connection, memory->winners);
  return connection;
}

/* An action of the user: one API answer. */
static double
act (BijouConnection *connection)
{
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (BijouHttpRequest) request =
      bijou_http_request_new ("GET", "/library/sections", BIJOU_HTTP_API);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  bijou_http_request_set_header (request, "X-Plex-Token", "secret");
  response = bijou_connection_send (connection, request, NULL, &error);
  if (response == NULL)
    bench_fail ("%s", error->message);
  return get_ms (begun);
}

static double
start_and_act (Memory *memory, double *second)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (BijouConnection) connection = start (http, memory);
  double first = act (connection);

  if (second != NULL)
    *second = act (connection);
  memory_learn (memory, connection);
  return first;
}

static void
measure_once (const Scene *scene, Times *times)
{
  Memory memory;
  guint probes;

  memory_init (&memory, scene, scene->alive);
  times->right = start_and_act (&memory, NULL);
  memory_clear (&memory);

  memory_init (&memory, scene, scene->dead);
  probes = host_get_probes (scene->alive);
  times->first = start_and_act (&memory, &times->second);
  times->second_probes = host_get_probes (scene->alive) - probes - 1;
  times->restart = start_and_act (&memory, NULL);
  memory_clear (&memory);
}

static gboolean
ask (BijouHttp *http, Host *host, const char *path, BijouHttpKind kind)
{
  g_autofree char *url = g_strconcat (host_get_url (host), path, NULL);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, kind);
  g_autoptr (BijouHttpResponse) response = bijou_http_send (http, request, NULL, NULL);
  BijouIdentity identity = { NULL };
  gboolean good = response != NULL && bijou_http_response_check (response, NULL);

  if (good && kind == BIJOU_HTTP_PROBE)
    good = bijou_plex_get_type_info ()->probe.parse (response, &identity, NULL) &&
           g_strcmp0 (identity.server_id, ID) == 0;
  bijou_identity_clear (&identity);
  return good;
}

static double
measure_rival (const Scene *scene)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Host) account = host_new (HOST_ALIVE, ID);
  gint64 begun = g_get_monotonic_time ();

  host_set_delay (account, DISCOVERY_MS);
  if (!ask (http, scene->dead, "/identity", BIJOU_HTTP_PROBE) &&
      (!ask (http, account, "/resources", BIJOU_HTTP_API) ||
       !ask (http, scene->alive, "/identity", BIJOU_HTTP_PROBE)))
    bench_fail ("the rival found nothing");
  ask (http, scene->alive, "/library/sections", BIJOU_HTTP_API);
  return get_ms (begun);
}

static void
print (const Scene *scene, const char *what, double value, const char *unit)
{
  g_autofree char *metric =
      g_strdup_printf ("%s-%ums-%s", host_kind_to_string (scene->kind), scene->latency_ms, what);

  bench_print ("connect", NULL, metric, value, unit);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* The worst of what the limit is about, the middle one of the rest. */
static void
gather (Times *runs, Times *result)
{
  double seconds[RUNS], restarts[RUNS], rights[RUNS];

  *result = (Times){ 0 };
  for (int i = 0; i < RUNS; i++)
    {
      result->first = MAX (result->first, runs[i].first);
      result->second_probes += runs[i].second_probes;
      seconds[i] = runs[i].second;
      restarts[i] = runs[i].restart;
      rights[i] = runs[i].right;
    }
  qsort (seconds, RUNS, sizeof *seconds, compare_doubles);
  qsort (restarts, RUNS, sizeof *restarts, compare_doubles);
  qsort (rights, RUNS, sizeof *rights, compare_doubles);
  result->second = seconds[RUNS / 2];
  result->restart = restarts[RUNS / 2];
  result->right = rights[RUNS / 2];
}

/* Returns whether the limits hold. */
static gboolean
measure (HostKind kind, guint latency_ms)
{
  Scene scene = { kind, latency_ms, host_new (kind, ID), host_new (HOST_ALIVE, ID) };
  double limit = HEAD_START_MS + 2.0 * latency_ms + SLACK_MS;
  Times runs[RUNS], times;
  gboolean good;

  host_set_delay (scene.alive, latency_ms);
  for (int i = 0; i < RUNS; i++)
    measure_once (&scene, &runs[i]);
  gather (runs, &times);
  print (&scene, "first-worst", times.first, "ms");
  print (&scene, "limit", limit, "ms");
  print (&scene, "second", times.second, "ms");
  print (&scene, "second-probes", times.second_probes, "probes");
  print (&scene, "after-restart", times.restart, "ms");
  print (&scene, "right-address", times.right, "ms");
  print (&scene, "ratio-to-right", times.first / times.right, "times");
  print (&scene, "rival", measure_rival (&scene), "ms");
  good = times.first <= limit && times.second_probes == 0 &&
         times.restart <= times.right + SLACK_MS && !host_saw_token (scene.dead);
  host_free (scene.dead);
  host_free (scene.alive);
  return good;
}

int
main (int argc, char **argv)
{
  static const guint latencies[] = { 0, 50, 200 };
  guint broken = 0;

  for (guint kind = HOST_ALIVE + 1; kind < N_HOST_KINDS; kind++)
    for (gsize i = 0; i < G_N_ELEMENTS (latencies); i++)
      broken += !measure (kind, latencies[i]);
  bench_print ("connect", NULL, "limits-broken", broken, "scenes");
  return broken == 0 ? 0 : 1;
}
