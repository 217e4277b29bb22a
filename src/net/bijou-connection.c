#include "config.h"

#include "bijou-connection.h"

#include "bijou-connection-race.h"
#include "bijou-http-private.h"
#include "bijou-url.h"

#include <string.h>

/* How long a success counts with no new probe. */
#define LAN_FRESH_US (300 * G_TIME_SPAN_SECOND)
#define DIRECT_FRESH_US (120 * G_TIME_SPAN_SECOND)
#define RELAY_FRESH_US (30 * G_TIME_SPAN_SECOND)
/* How long nobody waits for an address that failed: doubled with each failure. */
#define BACKOFF_US (30 * G_TIME_SPAN_SECOND)
#define MAX_BACKOFF_US (600 * G_TIME_SPAN_SECOND)
/* Races follow each other no faster than this. */
#define RACE_PAUSE_US (1 * G_TIME_SPAN_SECOND)

typedef struct
{
  BijouAddress *address; /* (owned) */
  gint64 doubtful_until; /* monotonic µs */
} Candidate;

struct _BijouConnection
{
  GObject parent_instance;

  BijouHttp *http;                 /* (owned) */
  const BijouIdentityProbe *probe; /* (unowned) static */
  char *server_id;                 /* (owned) (nullable) */

  struct
  {
    GMutex lock;
    GCond cond;
    GPtrArray *candidates; /* (owned) of Candidate */
    BijouConnectionState state;
    gboolean unauthorised;
    char *url; /* (owned) (nullable) the address in use */
    BijouAddressClass url_class;
    gint64 fresh_until; /* monotonic µs */
    BijouRace *race;    /* (owned) (nullable) while one runs */
    guint races;        /* how many have ended */
    gint64 race_ended;  /* monotonic µs */
    GError *race_error; /* (owned) (nullable) of the last race */
  } shared;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LEARNED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouConnection, bijou_connection, G_TYPE_OBJECT)

typedef struct
{
  GWeakRef connection;
  guint signal;
} Emission;

static void
emission_free (Emission *emission)
{
  g_weak_ref_clear (&emission->connection);
  g_free (emission);
}

static gboolean
on_emission_cb (gpointer user_data)
{
  Emission *emission = user_data;
  g_autoptr (BijouConnection) self = g_weak_ref_get (&emission->connection);

  if (self != NULL)
    g_signal_emit (self, signals[emission->signal], 0);
  return G_SOURCE_REMOVE;
}

static void
emit_on_main (BijouConnection *self, guint signal)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Emission *emission = g_new0 (Emission, 1);

  g_weak_ref_init (&emission->connection, self);
  emission->signal = signal;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_emission_cb, emission, (GDestroyNotify) emission_free);
  g_source_attach (source, NULL);
}

static void
candidate_free (Candidate *candidate)
{
  bijou_address_free (candidate->address);
  g_free (candidate);
}

static Candidate *
find_candidate (BijouConnection *self, const char *url)
{
  for (guint i = 0; i < self->shared.candidates->len; i++)
    {
      Candidate *candidate = self->shared.candidates->pdata[i];

      if (g_str_equal (candidate->address->url, url))
        return candidate;
    }
  return NULL;
}

/* One address may be the beginning of another: `http://h` and `http://h/jellyfin`. */
static Candidate *
find_candidate_above (BijouConnection *self, const char *url)
{
  Candidate *longest = NULL;

  for (guint i = 0; i < self->shared.candidates->len; i++)
    {
      Candidate *candidate = self->shared.candidates->pdata[i];

      if (bijou_url_is_under (url, candidate->address->url) &&
          (longest == NULL || strlen (candidate->address->url) > strlen (longest->address->url)))
        longest = candidate;
    }
  return longest;
}

static gint64
get_fresh_time (BijouAddressClass address_class)
{
  switch (address_class)
    {
    case BIJOU_ADDRESS_LAN:
      return LAN_FRESH_US;
    case BIJOU_ADDRESS_RELAY:
      return RELAY_FRESH_US;
    case BIJOU_ADDRESS_DIRECT:
    default:
      return DIRECT_FRESH_US;
    }
}

static void
note_success (Candidate *candidate, int ms)
{
  BijouAddress *address = candidate->address;

  address->last_success = g_get_real_time () / G_USEC_PER_SEC;
  address->failures = 0;
  candidate->doubtful_until = 0;
  if (ms >= 0)
    address->latency_ms = address->latency_ms < 0 ? ms : (3 * address->latency_ms + ms) / 4;
}

static void
note_failure (Candidate *candidate)
{
  int doublings = MIN (candidate->address->failures, 5);

  candidate->address->failures++;
  candidate->doubtful_until =
      g_get_monotonic_time () + MIN (BACKOFF_US << doublings, MAX_BACKOFF_US);
}

static void
set_state (BijouConnection *self, BijouConnectionState state)
{
  if (self->shared.state == state)
    return;

  g_debug ("connection to %s: %s → %s", self->server_id == NULL ? "a new server" : self->server_id,
           bijou_connection_state_to_string (self->shared.state),
           bijou_connection_state_to_string (state));
  self->shared.state = state;
  emit_on_main (self, SIGNAL_CHANGED);
}

static void
set_url (BijouConnection *self, const char *url, BijouAddressClass url_class)
{
  self->shared.url_class = url_class;
  if (g_strcmp0 (self->shared.url, url) == 0)
    return;

  g_debug ("connection to %s: now %s", self->server_id == NULL ? "a new server" : self->server_id,
           url == NULL ? "nowhere" : url);
  g_free (self->shared.url);
  self->shared.url = g_strdup (url);
  emit_on_main (self, SIGNAL_CHANGED);
}

/* The address in use, unless it is in doubt; else the one that worked last. */
static const char *
find_preferred (BijouConnection *self, gint64 now)
{
  const BijouAddress *best = NULL;

  for (guint i = 0; i < self->shared.candidates->len; i++)
    {
      const Candidate *candidate = self->shared.candidates->pdata[i];
      const BijouAddress *address = candidate->address;

      if (address->disabled || candidate->doubtful_until > now || address->last_success == 0)
        continue;
      if (address->pinned || g_strcmp0 (address->url, self->shared.url) == 0)
        return address->url;
      if (best == NULL || address->last_success > best->last_success)
        best = address;
    }
  return best == NULL ? NULL : best->url;
}

static void
fill_race (BijouConnection *self, BijouRace *race)
{
  gint64 now = g_get_monotonic_time ();
  const char *preferred = find_preferred (self, now);

  for (guint i = 0; i < self->shared.candidates->len; i++)
    {
      const Candidate *candidate = self->shared.candidates->pdata[i];

      if (!candidate->address->disabled)
        bijou_race_add (race, candidate->address,
                        g_strcmp0 (candidate->address->url, preferred) == 0,
                        candidate->doubtful_until > now);
    }
}

static void
learn_from_race (BijouConnection *self, BijouRace *race)
{
  GPtrArray *entrants = bijou_race_get_entrants (race);

  for (guint i = 0; i < entrants->len; i++)
    {
      const BijouEntrant *entrant = entrants->pdata[i];
      Candidate *candidate = find_candidate (self, entrant->url);

      if (candidate == NULL)
        continue;
      if (entrant->state == BIJOU_ENTRANT_GOOD)
        note_success (candidate, bijou_entrant_get_ms (entrant));
      else if (entrant->state == BIJOU_ENTRANT_FAILED)
        note_failure (candidate);
      if (entrant->state == BIJOU_ENTRANT_FAILED)
        g_debug ("address %s failed: %s", entrant->url, entrant->error->message);
    }
  emit_on_main (self, SIGNAL_LEARNED);
}

static void
end_race (BijouConnection *self, BijouRace *race, const BijouEntrant *winner)
{
  gint64 now = g_get_monotonic_time ();

  learn_from_race (self, race);
  g_clear_error (&self->shared.race_error);
  if (winner != NULL)
    {
      self->shared.fresh_until = now + get_fresh_time (winner->address_class);
      set_url (self, winner->url, winner->address_class);
      set_state (self, BIJOU_CONNECTION_CONNECTED);
    }
  else
    {
      self->shared.race_error = bijou_race_create_error (race);
      set_url (self, NULL, BIJOU_ADDRESS_DIRECT);
      set_state (self, BIJOU_CONNECTION_OFFLINE);
    }
  self->shared.race_ended = now;
  self->shared.races++;
}

static gpointer
race_main (gpointer data)
{
  g_autoptr (BijouConnection) self = data;
  BijouRace *race = self->shared.race;
  BijouEntrant *winner = bijou_race_run (race);

  g_mutex_lock (&self->shared.lock);
  end_race (self, race, winner);
  self->shared.race = NULL;
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);

  bijou_race_free (race);
  return NULL;
}

/* On a thread of its own: a caller that gives up leaves the race to the others. */
static void
start_race (BijouConnection *self)
{
  self->shared.race = bijou_race_new (self->http, self->probe, self->server_id, BIJOU_RACE_QUICK);
  fill_race (self, self->shared.race);
  set_state (self, BIJOU_CONNECTION_RACING);
  g_thread_unref (g_thread_new ("bijou-race", race_main, g_object_ref (self)));
}

static gboolean
is_usable (BijouConnection *self, gint64 now)
{
  return self->shared.state == BIJOU_CONNECTION_CONNECTED && self->shared.url != NULL &&
         now < self->shared.fresh_until;
}

static void
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  BijouConnection *self = user_data;

  g_mutex_lock (&self->shared.lock);
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

static char *
wait_for_url (BijouConnection *self, GCancellable *cancellable, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  guint races = self->shared.races;

  if (is_usable (self, now))
    return g_strdup (self->shared.url);

  if (self->shared.race == NULL)
    {
      if (self->shared.race_error != NULL && now < self->shared.race_ended + RACE_PAUSE_US)
        {
          g_propagate_error (error, g_error_copy (self->shared.race_error));
          return NULL;
        }
      start_race (self);
    }
  while (self->shared.races == races && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->shared.cond, &self->shared.lock);

  if (self->shared.races == races)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Cancelled");
  else if (self->shared.race_error != NULL)
    g_propagate_error (error, g_error_copy (self->shared.race_error));
  else if (self->shared.url != NULL)
    return g_strdup (self->shared.url);
  else
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "The address was given up");
  return NULL;
}

static void
note_answer (BijouConnection *self, const char *base, BijouHttpRequest *request, guint status)
{
  g_mutex_lock (&self->shared.lock);
  if (g_strcmp0 (self->shared.url, base) == 0 && self->shared.state == BIJOU_CONNECTION_CONNECTED)
    {
      Candidate *candidate = find_candidate (self, base);

      self->shared.fresh_until = g_get_monotonic_time () + get_fresh_time (self->shared.url_class);
      if (candidate != NULL)
        note_success (candidate, -1);
    }
  if (status == 401 && !self->probe->judges_401 && !self->shared.unauthorised &&
      bijou_http_request_has_credentials (request))
    {
      self->shared.unauthorised = TRUE;
      emit_on_main (self, SIGNAL_CHANGED);
    }
  g_mutex_unlock (&self->shared.lock);
}

static void
bijou_connection_finalize (GObject *object)
{
  BijouConnection *self = BIJOU_CONNECTION (object);

  g_assert (self->shared.race == NULL);
  g_clear_pointer (&self->shared.candidates, g_ptr_array_unref);
  g_clear_pointer (&self->shared.url, g_free);
  g_clear_error (&self->shared.race_error);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.cond);
  g_clear_object (&self->http);
  g_free (self->server_id);

  G_OBJECT_CLASS (bijou_connection_parent_class)->finalize (object);
}

static void
bijou_connection_class_init (BijouConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_connection_finalize;

  /**
   * BijouConnection::changed:
   * The state or the address in use changed. Main context.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * BijouConnection::learned:
   * bijou_connection_get_addresses() has something worth keeping. Main context.
   */
  signals[SIGNAL_LEARNED] = g_signal_new ("learned", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bijou_connection_init (BijouConnection *self)
{
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.cond);
  self->shared.candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);
}

/**
 * bijou_identity_clear:
 * @self: an identity
 *
 * Frees what @self holds.
 */
void
bijou_identity_clear (BijouIdentity *self)
{
  g_clear_pointer (&self->server_id, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->version, g_free);
}

/**
 * bijou_connection_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): its name
 */
const char *
bijou_connection_state_to_string (BijouConnectionState state)
{
  static const char *const names[] = { "unknown", "racing",  "connected",
                                       "suspect", "offline", "unauthorised" };

  return (gsize) state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

/**
 * bijou_connection_new:
 * @http: the client
 * @probe: how to ask who is there; static
 * @server_id: (nullable): who must answer; %NULL takes whoever does, for a server that is only
 *   being added
 * @addresses: (element-type BijouAddress): the known addresses; copied
 *
 * Returns: (transfer full): a connection that has not tried anything
 */
BijouConnection *
bijou_connection_new (BijouHttp *http,
                      const BijouIdentityProbe *probe,
                      const char *server_id,
                      GPtrArray *addresses)
{
  BijouConnection *self;

  g_return_val_if_fail (BIJOU_IS_HTTP (http), NULL);
  g_return_val_if_fail (probe != NULL, NULL);

  self = g_object_new (BIJOU_TYPE_CONNECTION, NULL);
  self->http = g_object_ref (http);
  self->probe = probe;
  self->server_id = g_strdup (server_id);
  bijou_connection_set_addresses (self, addresses);
  return self;
}

/**
 * bijou_connection_get_base_url:
 * @self: a connection
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * The address in use; when there is none that is fresh, waits for a race. Many callers wait for one
 * race. A race that failed less than a second ago is not repeated. Any thread, blocking.
 *
 * Returns: (transfer full) (nullable): a base URL
 */
char *
bijou_connection_get_base_url (BijouConnection *self, GCancellable *cancellable, GError **error)
{
  gulong id = 0;
  char *url;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  g_mutex_lock (&self->shared.lock);
  url = wait_for_url (self, cancellable, error);
  g_mutex_unlock (&self->shared.lock);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
  return url;
}

/**
 * bijou_connection_resolve:
 * @self: a connection
 * @request: a request whose URL is a path
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Any thread, blocking.
 *
 * Returns: (transfer full) (nullable): the same request with an absolute URL
 */
BijouHttpRequest *
bijou_connection_resolve (BijouConnection *self,
                          BijouHttpRequest *request,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *base = bijou_connection_get_base_url (self, cancellable, error);
  g_autofree char *url = NULL;

  if (base == NULL)
    return NULL;

  url = bijou_url_join (base, bijou_http_request_get_url (request));
  return bijou_http_request_copy (request, url);
}

static BijouHttpResponse *
send_to (BijouConnection *self,
         const char *base,
         BijouHttpRequest *request,
         GCancellable *cancellable,
         GError **error)
{
  g_autofree char *url = bijou_url_join (base, bijou_http_request_get_url (request));
  g_autoptr (BijouHttpRequest) copy = bijou_http_request_copy (request, url);
  BijouHttpResponse *response;

  copy->has_failover = TRUE;
  response = bijou_http_send (self->http, copy, cancellable, error);
  if (response != NULL)
    note_answer (self, base, copy, bijou_http_response_get_status (response));
  return response;
}

/* A slow answer is no reason to wait for it a second time at the same place. */
static gboolean
may_replay (const GError *failure, const char *before, const char *after)
{
  return !g_error_matches (failure, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT) ||
         !g_str_equal (before, after);
}

static BijouHttpResponse *
replay (BijouConnection *self,
        const char *base,
        BijouHttpRequest *request,
        GError *failure,
        GCancellable *cancellable,
        GError **error)
{
  g_autofree char *next = NULL;
  BijouHttpResponse *response;

  next = bijou_connection_get_base_url (self, cancellable, error);
  if (next == NULL)
    {
      g_error_free (failure);
      return NULL;
    }
  if (!may_replay (failure, base, next))
    {
      g_propagate_error (error, failure);
      return NULL;
    }

  g_error_free (failure);
  failure = NULL;
  response = send_to (self, next, request, cancellable, &failure);
  if (response == NULL)
    {
      bijou_connection_report_failure (self, next, failure);
      g_propagate_error (error, failure);
    }
  return response;
}

/**
 * bijou_connection_send:
 * @self: a connection
 * @request: a request whose URL is a path
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Sends @request to the address in use. After a transport error that address is suspect: a race
 * follows, and a GET or HEAD is sent once more. Any thread, blocking.
 *
 * Returns: (transfer full) (nullable): the answer, of any status
 */
BijouHttpResponse *
bijou_connection_send (BijouConnection *self,
                       BijouHttpRequest *request,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree char *base = NULL;
  GError *failure = NULL;
  BijouHttpResponse *response;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  base = bijou_connection_get_base_url (self, cancellable, error);
  if (base == NULL)
    return NULL;

  response = send_to (self, base, request, cancellable, &failure);
  if (response != NULL)
    return response;

  bijou_connection_report_failure (self, base, failure);
  if (bijou_error_is_transport (failure) && bijou_http_request_is_idempotent (request))
    return replay (self, base, request, failure, cancellable, error);
  g_propagate_error (error, failure);
  return NULL;
}

/**
 * bijou_connection_report_failure:
 * @self: a connection
 * @base_url: the base URL, or a URL under it, that failed
 * @error: how; anything but a transport error is ignored
 *
 * Puts an address in doubt, so that the next request races. Any thread.
 */
void
bijou_connection_report_failure (BijouConnection *self, const char *base_url, GError *error)
{
  Candidate *candidate;

  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  if (!bijou_error_is_transport (error))
    return;

  g_mutex_lock (&self->shared.lock);
  candidate = find_candidate_above (self, base_url);
  if (candidate != NULL)
    {
      /* Many transfers that die with one address are one failure of it. */
      if (candidate->doubtful_until <= g_get_monotonic_time ())
        note_failure (candidate);
      if (g_strcmp0 (candidate->address->url, self->shared.url) == 0 &&
          self->shared.state == BIJOU_CONNECTION_CONNECTED)
        set_state (self, BIJOU_CONNECTION_SUSPECT);
    }
  g_mutex_unlock (&self->shared.lock);
}

/* What was learned about an address outlives a new list. */
static void
keep_experience (BijouConnection *self, Candidate *candidate)
{
  const Candidate *old = find_candidate (self, candidate->address->url);

  if (old == NULL)
    return;
  candidate->doubtful_until = old->doubtful_until;
  candidate->address->failures = old->address->failures;
  candidate->address->last_success =
      MAX (candidate->address->last_success, old->address->last_success);
  if (old->address->latency_ms >= 0)
    candidate->address->latency_ms = old->address->latency_ms;
}

/**
 * bijou_connection_set_addresses:
 * @self: a connection
 * @addresses: (nullable) (element-type BijouAddress): all addresses; copied
 *
 * Replaces the list. New ones join a race that is running. Any thread.
 */
void
bijou_connection_set_addresses (BijouConnection *self, GPtrArray *addresses)
{
  g_autoptr (GPtrArray) candidates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);

  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      Candidate *candidate = g_new0 (Candidate, 1);

      candidate->address = bijou_address_copy (addresses->pdata[i]);
      keep_experience (self, candidate);
      g_ptr_array_add (candidates, candidate);
    }
  g_ptr_array_unref (self->shared.candidates);
  self->shared.candidates = g_steal_pointer (&candidates);

  if (self->shared.race != NULL)
    fill_race (self, self->shared.race);
  else
    g_clear_error (&self->shared.race_error);
  if (self->shared.url != NULL && find_candidate (self, self->shared.url) == NULL &&
      self->shared.state == BIJOU_CONNECTION_CONNECTED)
    set_state (self, BIJOU_CONNECTION_SUSPECT);
  g_mutex_unlock (&self->shared.lock);
}

static GPtrArray *
copy_addresses (BijouConnection *self)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);

  for (guint i = 0; i < self->shared.candidates->len; i++)
    {
      const Candidate *candidate = self->shared.candidates->pdata[i];

      g_ptr_array_add (addresses, bijou_address_copy (candidate->address));
    }
  return addresses;
}

/**
 * bijou_connection_get_addresses:
 * @self: a connection
 *
 * Returns: (transfer full) (element-type BijouAddress): copies of the addresses with what was
 *   learned about them. Any thread.
 */
GPtrArray *
bijou_connection_get_addresses (BijouConnection *self)
{
  GPtrArray *addresses;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  g_mutex_lock (&self->shared.lock);
  addresses = copy_addresses (self);
  g_mutex_unlock (&self->shared.lock);
  return addresses;
}

/**
 * bijou_connection_get_state:
 * @self: a connection
 *
 * Returns: its state. Any thread.
 */
BijouConnectionState
bijou_connection_get_state (BijouConnection *self)
{
  BijouConnectionState state;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), BIJOU_CONNECTION_UNKNOWN);

  g_mutex_lock (&self->shared.lock);
  state = self->shared.unauthorised ? BIJOU_CONNECTION_UNAUTHORISED : self->shared.state;
  g_mutex_unlock (&self->shared.lock);
  return state;
}

/**
 * bijou_connection_dup_current_url:
 * @self: a connection
 *
 * Returns: (transfer full) (nullable): the base URL in use, with no race for it. Any thread.
 */
char *
bijou_connection_dup_current_url (BijouConnection *self)
{
  char *url;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  g_mutex_lock (&self->shared.lock);
  url = g_strdup (self->shared.url);
  g_mutex_unlock (&self->shared.lock);
  return url;
}

/**
 * bijou_connection_get_current_class:
 * @self: a connection
 *
 * Returns: the class of the address in use. Any thread.
 */
BijouAddressClass
bijou_connection_get_current_class (BijouConnection *self)
{
  BijouAddressClass address_class;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), BIJOU_ADDRESS_DIRECT);

  g_mutex_lock (&self->shared.lock);
  address_class = self->shared.url_class;
  g_mutex_unlock (&self->shared.lock);
  return address_class;
}

/**
 * bijou_connection_set_authorised:
 * @self: a connection
 * @authorised: whether the token is good
 *
 * Ends (or sets) the state %BIJOU_CONNECTION_UNAUTHORISED: after a new sign-in, or when a 401 was
 * found to be about one library only. Any thread.
 */
void
bijou_connection_set_authorised (BijouConnection *self, gboolean authorised)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  if (self->shared.unauthorised == authorised)
    {
      self->shared.unauthorised = !authorised;
      emit_on_main (self, SIGNAL_CHANGED);
    }
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_network_changed:
 * @self: a connection
 *
 * Says that the computer is on another network: no address is in doubt any more, none is fresh.
 * The next request races. Any thread.
 */
void
bijou_connection_network_changed (BijouConnection *self)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  for (guint i = 0; i < self->shared.candidates->len; i++)
    {
      Candidate *candidate = self->shared.candidates->pdata[i];

      candidate->doubtful_until = 0;
    }
  g_clear_error (&self->shared.race_error);
  if (self->shared.state == BIJOU_CONNECTION_CONNECTED)
    set_state (self, BIJOU_CONNECTION_SUSPECT);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_get_http:
 * @self: a connection
 *
 * Returns: (transfer none): the client. Any thread.
 */
BijouHttp *
bijou_connection_get_http (BijouConnection *self)
{
  return self->http;
}

/**
 * bijou_probe_result_free:
 * @self: (transfer full): a result
 */
void
bijou_probe_result_free (BijouProbeResult *self)
{
  bijou_address_free (self->address);
  g_clear_error (&self->error);
  g_free (self);
}

static BijouProbeResult *
create_probe_result (BijouConnection *self, const Candidate *candidate, BijouRace *race)
{
  GPtrArray *entrants = bijou_race_get_entrants (race);
  BijouProbeResult *result = g_new0 (BijouProbeResult, 1);

  result->address = bijou_address_copy (candidate->address);
  result->ms = -1;
  result->in_use = g_strcmp0 (self->shared.url, candidate->address->url) == 0;
  for (guint i = 0; i < entrants->len; i++)
    {
      const BijouEntrant *entrant = entrants->pdata[i];

      if (!g_str_equal (entrant->url, candidate->address->url))
        continue;
      result->tested = entrant->state != BIJOU_ENTRANT_UNTESTED;
      result->ms = bijou_entrant_get_ms (entrant);
      result->error = entrant->error == NULL ? NULL : g_error_copy (entrant->error);
    }
  return result;
}

/**
 * bijou_connection_probe_all:
 * @self: a connection
 *
 * Tests every address that is not disabled, at the same time, and takes the best of them into use
 * when no race runs beside it. Any thread, blocking for 6.5 s at most.
 *
 * Returns: (transfer full) (element-type BijouProbeResult): one result for each address
 */
GPtrArray *
bijou_connection_probe_all (BijouConnection *self)
{
  g_autoptr (BijouRace) race = NULL;
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_probe_result_free);
  const BijouEntrant *winner;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  race = bijou_race_new (self->http, self->probe, self->server_id, BIJOU_RACE_EXHAUSTIVE);
  g_mutex_lock (&self->shared.lock);
  fill_race (self, race);
  g_mutex_unlock (&self->shared.lock);

  winner = bijou_race_run (race);

  g_mutex_lock (&self->shared.lock);
  if (self->shared.race == NULL)
    end_race (self, race, winner);
  for (guint i = 0; i < self->shared.candidates->len; i++)
    g_ptr_array_add (results, create_probe_result (self, self->shared.candidates->pdata[i], race));
  g_mutex_unlock (&self->shared.lock);
  return results;
}
