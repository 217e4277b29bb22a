#include "config.h"

#include "bijou-connection.h"

#include "bijou-address-book.h"
#include "bijou-connection-private.h"
#include "bijou-connection-race.h"
#include "bijou-http-private.h"

/* How long a success counts with no new probe. */
#define LAN_FRESH_US (300 * G_TIME_SPAN_SECOND)
#define DIRECT_FRESH_US (120 * G_TIME_SPAN_SECOND)
#define RELAY_FRESH_US (30 * G_TIME_SPAN_SECOND)
/* Races follow each other no faster than this. */
#define RACE_PAUSE_US (1 * G_TIME_SPAN_SECOND)
/* A race, and the one that follows it when the network changes in the middle. */
#define MAX_WAIT_US (15 * G_TIME_SPAN_SECOND)

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
    BijouAddressBook *book; /* (owned) */
    BijouConnectionState state;
    gboolean unauthorised;
    char *url; /* (owned) (nullable) the address in use */
    BijouAddressClass url_class;
    gint64 fresh_until;  /* monotonic µs */
    BijouRace *race;     /* (owned) (nullable) while one runs */
    GThread *thread;     /* (owned) (nullable) of the last race */
    gboolean race_again; /* the network changed: what the race finds is old */
    guint races;         /* how many have ended */
    gint64 race_ended;   /* monotonic µs, 0: the next one need not wait for it */
    GError *race_error;  /* (owned) (nullable) of the last race, when nobody won it */
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

static void
end_race (BijouConnection *self, BijouRace *race, const BijouEntrant *winner)
{
  gint64 now = g_get_monotonic_time ();

  bijou_address_book_learn (self->shared.book, race);
  emit_on_main (self, SIGNAL_LEARNED);
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

static BijouRace *
create_race (BijouConnection *self)
{
  BijouRace *race = bijou_race_new (self->http, self->probe, self->server_id, BIJOU_RACE_QUICK);

  bijou_address_book_fill_race (self->shared.book, race, self->shared.url);
  set_state (self, BIJOU_CONNECTION_RACING);
  return race;
}

/* With the lock held, which it lets go while the race runs. Returns whether another follows. */
static gboolean
run_race (BijouConnection *self)
{
  g_autoptr (BijouRace) race = self->shared.race;
  const BijouEntrant *winner;
  gboolean again;

  g_mutex_unlock (&self->shared.lock);
  winner = bijou_race_run (race);
  g_mutex_lock (&self->shared.lock);

  again = self->shared.race_again;
  self->shared.race_again = FALSE;
  /* That nobody could be reached from the old network says nothing. */
  if (winner != NULL || !again)
    end_race (self, race, winner);
  self->shared.race = again ? create_race (self) : NULL;
  g_cond_broadcast (&self->shared.cond);
  return again;
}

/* Holds no reference: who disposes of the connection waits for this. */
static gpointer
race_main (gpointer data)
{
  BijouConnection *self = data;

  g_mutex_lock (&self->shared.lock);
  while (run_race (self))
    ;
  g_mutex_unlock (&self->shared.lock);
  return NULL;
}

/* On a thread of its own: a caller that gives up leaves the race to the others. The one before has
 * let go of the lock for good. */
static void
start_race (BijouConnection *self)
{
  g_clear_pointer (&self->shared.thread, g_thread_join);
  self->shared.race = create_race (self);
  self->shared.thread = g_thread_new ("bijou-race", race_main, self);
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

/* Lost races follow each other with a pause. What nobody is waiting for, pictures and pages of a
 * sync, also leaves an address that failed its back-off. */
static gboolean
is_too_early (BijouConnection *self, BijouHttpKind kind, gint64 now)
{
  gboolean is_background = kind == BIJOU_HTTP_IMAGE || kind == BIJOU_HTTP_LIST;

  if (self->shared.race_error == NULL)
    return FALSE;
  return now < self->shared.race_ended + RACE_PAUSE_US ||
         (is_background && !bijou_address_book_has_hope (self->shared.book));
}

static void
wait_for_race (BijouConnection *self, GCancellable *cancellable, gint64 until)
{
  guint races = self->shared.races;

  while (self->shared.races == races && !g_cancellable_is_cancelled (cancellable))
    if (!g_cond_wait_until (&self->shared.cond, &self->shared.lock, until))
      break;
}

static char *
wait_for_url (BijouConnection *self, BijouHttpKind kind, GCancellable *cancellable, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  guint races = self->shared.races;

  if (is_usable (self, now))
    return g_strdup (self->shared.url);

  if (self->shared.race == NULL)
    {
      if (is_too_early (self, kind, now))
        {
          g_propagate_error (error, g_error_copy (self->shared.race_error));
          return NULL;
        }
      start_race (self);
    }
  wait_for_race (self, cancellable, now + MAX_WAIT_US);

  if (self->shared.races == races && g_cancellable_is_cancelled (cancellable))
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Cancelled");
  else if (self->shared.races == races)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT, "The network does not settle");
  else if (self->shared.race_error != NULL)
    g_propagate_error (error, g_error_copy (self->shared.race_error));
  else if (self->shared.url != NULL)
    return g_strdup (self->shared.url);
  else
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "The address was given up");
  return NULL;
}

/* A race that still runs is given up: its probes end at once. */
static void
bijou_connection_dispose (GObject *object)
{
  BijouConnection *self = BIJOU_CONNECTION (object);
  GThread *thread;

  g_mutex_lock (&self->shared.lock);
  self->shared.race_again = FALSE;
  if (self->shared.race != NULL)
    bijou_race_cancel (self->shared.race);
  thread = g_steal_pointer (&self->shared.thread);
  g_mutex_unlock (&self->shared.lock);
  g_clear_pointer (&thread, g_thread_join);

  G_OBJECT_CLASS (bijou_connection_parent_class)->dispose (object);
}

static void
bijou_connection_finalize (GObject *object)
{
  BijouConnection *self = BIJOU_CONNECTION (object);

  g_assert (self->shared.race == NULL);
  g_clear_pointer (&self->shared.book, bijou_address_book_free);
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
  G_OBJECT_CLASS (klass)->dispose = bijou_connection_dispose;
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
  self->shared.book = bijou_address_book_new ();
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
 * bijou_connection_find_base:
 * @self: a connection
 * @kind: what it is for
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Like bijou_connection_get_base_url(), but for a picture or a page of a library a server that
 * lost its race is not raced before the back-off of one of its addresses is over. Any thread,
 * blocking.
 *
 * Returns: (transfer full) (nullable): a base URL
 */
char *
bijou_connection_find_base (BijouConnection *self,
                            BijouHttpKind kind,
                            GCancellable *cancellable,
                            GError **error)
{
  gulong id = 0;
  char *url;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  g_mutex_lock (&self->shared.lock);
  url = wait_for_url (self, kind, cancellable, error);
  g_mutex_unlock (&self->shared.lock);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
  return url;
}

/**
 * bijou_connection_get_base_url:
 * @self: a connection
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * The address in use; when there is none that is fresh, waits for a race. Many callers wait for one
 * race. A race that failed less than a second ago is not repeated. Any thread, blocking for 15 s at
 * most.
 *
 * Returns: (transfer full) (nullable): a base URL
 */
char *
bijou_connection_get_base_url (BijouConnection *self, GCancellable *cancellable, GError **error)
{
  return bijou_connection_find_base (self, BIJOU_HTTP_API, cancellable, error);
}

/**
 * bijou_connection_note_answer:
 * @self: a connection
 * @base: the base URL that answered
 * @request: what was asked
 * @status: the answer's status
 *
 * Keeps the address fresh; a 401 may end the token. Any thread.
 */
void
bijou_connection_note_answer (BijouConnection *self,
                              const char *base,
                              BijouHttpRequest *request,
                              guint status)
{
  g_mutex_lock (&self->shared.lock);
  if (g_strcmp0 (self->shared.url, base) == 0 && self->shared.state == BIJOU_CONNECTION_CONNECTED)
    {
      self->shared.fresh_until = g_get_monotonic_time () + get_fresh_time (self->shared.url_class);
      bijou_address_book_note_answer (self->shared.book, base);
    }
  if (status == 401 && !self->probe->judges_401 && !self->shared.unauthorised &&
      bijou_http_request_has_credentials (request))
    {
      self->shared.unauthorised = TRUE;
      emit_on_main (self, SIGNAL_CHANGED);
    }
  g_mutex_unlock (&self->shared.lock);
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
  const char *failed;

  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  if (!bijou_error_is_transport (error))
    return;

  g_mutex_lock (&self->shared.lock);
  failed = bijou_address_book_note_failure (self->shared.book, base_url);
  if (failed != NULL && g_strcmp0 (failed, self->shared.url) == 0 &&
      self->shared.state == BIJOU_CONNECTION_CONNECTED)
    set_state (self, BIJOU_CONNECTION_SUSPECT);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_set_addresses:
 * @self: a connection
 * @addresses: (nullable) (element-type BijouAddress): all addresses; copied
 *
 * Replaces the list. New ones join a race that is running; after one that was lost the next request
 * may race at once. Any thread.
 */
void
bijou_connection_set_addresses (BijouConnection *self, GPtrArray *addresses)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  bijou_address_book_set (self->shared.book, addresses);
  self->shared.race_ended = 0;
  if (self->shared.race != NULL)
    bijou_address_book_fill_race (self->shared.book, self->shared.race, self->shared.url);
  if (self->shared.url != NULL &&
      !bijou_address_book_contains (self->shared.book, self->shared.url) &&
      self->shared.state == BIJOU_CONNECTION_CONNECTED)
    set_state (self, BIJOU_CONNECTION_SUSPECT);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_set_trust:
 * @self: a connection
 * @trust: (nullable): what the user decided to trust at this server
 *
 * Holds for everything that is sent from now on; after a race that was lost the next request may
 * race at once. Any thread.
 */
void
bijou_connection_set_trust (BijouConnection *self, BijouTrust *trust)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  bijou_address_book_set_trust (self->shared.book, trust);
  bijou_address_book_forget_doubts (self->shared.book);
  self->shared.race_ended = 0;
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_dup_trust:
 * @self: a connection
 * @base: one of its addresses
 *
 * Returns: (transfer full) (nullable): what is trusted there. Any thread.
 */
BijouTrust *
bijou_connection_dup_trust (BijouConnection *self, const char *base)
{
  BijouTrust *trust;

  g_mutex_lock (&self->shared.lock);
  trust = bijou_address_book_dup_trust (self->shared.book, base);
  g_mutex_unlock (&self->shared.lock);
  return trust;
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
  addresses = bijou_address_book_copy (self->shared.book);
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
 * Says that the computer is on another network: no address is in doubt any more, none is fresh, and
 * they are raced at once. However often it is called while a race runs, one race follows that. Any
 * thread.
 */
void
bijou_connection_network_changed (BijouConnection *self)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  bijou_address_book_forget_doubts (self->shared.book);
  if (self->shared.race != NULL)
    self->shared.race_again = TRUE;
  else
    start_race (self);
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
  g_autoptr (GPtrArray) addresses = NULL;
  GPtrArray *results;
  const BijouEntrant *winner;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  race = bijou_race_new (self->http, self->probe, self->server_id, BIJOU_RACE_EXHAUSTIVE);
  g_mutex_lock (&self->shared.lock);
  bijou_address_book_fill_race (self->shared.book, race, self->shared.url);
  g_mutex_unlock (&self->shared.lock);

  winner = bijou_race_run (race);

  g_mutex_lock (&self->shared.lock);
  if (self->shared.race == NULL)
    end_race (self, race, winner);
  addresses = bijou_address_book_copy (self->shared.book);
  results = bijou_probe_results_new (addresses, bijou_race_get_entrants (race), self->shared.url);
  g_mutex_unlock (&self->shared.lock);
  return results;
}
