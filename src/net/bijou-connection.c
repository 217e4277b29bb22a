#include "config.h"

#include "bijou-connection.h"

#include "bijou-connection-private.h"
#include "bijou-http-private.h"

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
emit_on_main_locked (BijouConnection *self, guint signal)
{
  g_autoptr (GSource) source = NULL;
  Emission *emission;

  if (self->shared.closing) /* its weak references are gone already */
    return;
  source = g_idle_source_new ();
  emission = g_new0 (Emission, 1);
  g_weak_ref_init (&emission->connection, self);
  emission->signal = signal;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_emission_cb, emission, (GDestroyNotify) emission_free);
  g_source_attach (source, NULL);
}

/* Says on the main context that bijou_connection_get_state() or the address changed. */
void
bijou_connection_emit_changed_locked (BijouConnection *self)
{
  emit_on_main_locked (self, SIGNAL_CHANGED);
}

/* Says on the main context that something about the addresses is worth keeping. */
void
bijou_connection_emit_learned_locked (BijouConnection *self)
{
  emit_on_main_locked (self, SIGNAL_LEARNED);
}

/* A race that still runs is given up: its probes end at once. */
static void
bijou_connection_dispose (GObject *object)
{
  BijouConnection *self = BIJOU_CONNECTION (object);
  GThread *thread;
  GThread *upkeep;

  g_mutex_lock (&self->shared.lock);
  self->shared.closing = TRUE;
  self->shared.race_again = FALSE;
  if (self->shared.race != NULL)
    bijou_race_cancel (self->shared.race);
  thread = g_steal_pointer (&self->shared.thread);
  upkeep = bijou_connection_stop_upkeep_locked (self);
  g_mutex_unlock (&self->shared.lock);
  g_clear_pointer (&thread, g_thread_join);
  g_clear_pointer (&upkeep, g_thread_join);

  G_OBJECT_CLASS (bijou_connection_parent_class)->dispose (object);
}

static void
bijou_connection_finalize (GObject *object)
{
  BijouConnection *self = BIJOU_CONNECTION (object);

  g_assert (self->shared.race == NULL);
  g_clear_pointer (&self->shared.book, bijou_address_book_free);
  g_clear_pointer (&self->shared.url, g_free);
  g_clear_pointer (&self->shared.finder, bijou_finder_unref);
  g_clear_pointer (&self->upkeep.better_url, g_free);
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
  bijou_connection_init_upkeep (self);
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
 * bijou_connection_note_answer:
 * @self: a connection
 * @base: the base URL that answered
 * @status: the answer's status
 *
 * Keeps the address fresh, unless its server seems to be starting. What a 401 means the backend
 * finds out. Any thread.
 */
void
bijou_connection_note_answer (BijouConnection *self, const char *base, guint status)
{
  g_mutex_lock (&self->shared.lock);
  if (g_strcmp0 (self->shared.url, base) == 0 && self->shared.state == BIJOU_CONNECTION_CONNECTED)
    {
      if (status == 503)
        self->shared.fresh_until = 0;
      else
        bijou_connection_keep_fresh_locked (self);
      bijou_address_book_note_answer (self->shared.book, base);
    }
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_report_failure:
 * @self: a connection
 * @base_url: the base URL, or a URL under it, that failed
 * @error: how; anything but a transport error is ignored
 *
 * The address is suspect: the next request races. Any thread.
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
    bijou_connection_set_state_locked (self, BIJOU_CONNECTION_SUSPECT);
  g_mutex_unlock (&self->shared.lock);
}

/* With the lock held. */
static void
take_new_addresses (BijouConnection *self)
{
  self->shared.race_ended = 0;
  if (self->shared.race != NULL)
    bijou_address_book_fill_race (self->shared.book, self->shared.race, self->shared.url);
  bijou_connection_plan_upkeep_locked (self);
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
  take_new_addresses (self);
  if (self->shared.url != NULL &&
      !bijou_address_book_contains (self->shared.book, self->shared.url) &&
      self->shared.state == BIJOU_CONNECTION_CONNECTED)
    bijou_connection_set_state_locked (self, BIJOU_CONNECTION_SUSPECT);
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
 * bijou_connection_add_addresses:
 * @self: a connection
 * @addresses: (element-type BijouAddress): addresses that were found; copied
 *
 * Adds those that are not known yet. They join a race that is running; after one that was lost the
 * next request may race at once. `learned` is emitted when there are any. Any thread.
 */
void
bijou_connection_add_addresses (BijouConnection *self, GPtrArray *addresses)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));
  g_return_if_fail (addresses != NULL);

  g_mutex_lock (&self->shared.lock);
  if (bijou_address_book_add (self->shared.book, addresses) > 0)
    {
      take_new_addresses (self);
      bijou_connection_emit_learned_locked (self);
    }
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_set_winners:
 * @self: a connection that has not raced yet
 * @winners: (element-type BijouNetworkWinner): what was kept; copied
 *
 * Gives back what bijou_connection_get_winners() had learned before the program was started. Any
 * thread.
 */
void
bijou_connection_set_winners (BijouConnection *self, GPtrArray *winners)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));
  g_return_if_fail (winners != NULL);

  g_mutex_lock (&self->shared.lock);
  bijou_address_book_set_winners (self->shared.book, winners);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_get_winners:
 * @self: a connection
 *
 * Returns: (transfer full) (element-type BijouNetworkWinner): which address is the one to use on
 *   which network, the latest last. Any thread.
 */
GPtrArray *
bijou_connection_get_winners (BijouConnection *self)
{
  GPtrArray *winners;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  g_mutex_lock (&self->shared.lock);
  winners = bijou_address_book_copy_winners (self->shared.book);
  g_mutex_unlock (&self->shared.lock);
  return winners;
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
 * bijou_connection_get_reason:
 * @self: a connection
 *
 * Returns: why the address in use is the one. Any thread.
 */
BijouConnectionReason
bijou_connection_get_reason (BijouConnection *self)
{
  BijouConnectionReason reason;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), BIJOU_CONNECTION_REASON_NONE);

  g_mutex_lock (&self->shared.lock);
  reason = self->shared.reason;
  g_mutex_unlock (&self->shared.lock);
  return reason;
}

/**
 * bijou_connection_dup_error:
 * @self: a connection
 *
 * Why nobody won the last race: the most telling of the errors, %BIJOU_ERROR_SERVER_STARTING while
 * the server says that it is starting.
 *
 * Returns: (transfer full) (nullable): the error, %NULL when there was a winner or no race. Any
 *   thread.
 */
GError *
bijou_connection_dup_error (BijouConnection *self)
{
  GError *error = NULL;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  g_mutex_lock (&self->shared.lock);
  if (self->shared.race_error != NULL)
    error = g_error_copy (self->shared.race_error);
  g_mutex_unlock (&self->shared.lock);
  return error;
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
      bijou_connection_emit_changed_locked (self);
    }
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_set_network:
 * @self: a connection
 * @network: (nullable): bijou_network_key_read()
 *
 * Says on which network the computer is: each has a winner of its own. Any thread.
 */
void
bijou_connection_set_network (BijouConnection *self, const char *network)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  if (bijou_address_book_set_network (self->shared.book, network))
    self->shared.moved = TRUE;
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_connection_network_changed:
 * @self: a connection
 *
 * Says that the network is another one, or the same one after a pause: no address is in doubt any
 * more, none is fresh, and they are raced at once. However often it is called while a race runs,
 * one race follows that. Any thread.
 */
void
bijou_connection_network_changed (BijouConnection *self)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  bijou_http_forget_qualities (self->http);
  g_mutex_lock (&self->shared.lock);
  bijou_address_book_forget_doubts (self->shared.book);
  bijou_connection_reset_search_locked (self);
  bijou_connection_reset_upkeep_locked (self);
  if (self->shared.race != NULL)
    self->shared.race_again = TRUE;
  else
    bijou_connection_start_race_locked (self);
  bijou_connection_set_state_locked (self, BIJOU_CONNECTION_RACING);
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
 * bijou_connection_probe_each:
 * @self: a connection
 * @func: (nullable): told of each address when its probe ends
 * @user_data: for @func
 *
 * Tests every address that is not disabled, at the same time, and takes the best of them into use
 * when no race runs beside it. Any thread, blocking for 6.5 s at most.
 *
 * Returns: (transfer full) (element-type BijouProbeResult): one result for each address
 */
GPtrArray *
bijou_connection_probe_each (BijouConnection *self, BijouProbeFunc func, gpointer user_data)
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

  bijou_race_set_probe_func (race, func, user_data);
  winner = bijou_race_run (race);

  g_mutex_lock (&self->shared.lock);
  if (self->shared.race == NULL &&
      (winner == NULL || bijou_address_book_contains (self->shared.book, winner->url)))
    bijou_connection_end_race_locked (self, race, winner);
  addresses = bijou_address_book_copy (self->shared.book);
  results = bijou_probe_results_new (addresses, bijou_race_get_entrants (race), self->shared.url);
  g_mutex_unlock (&self->shared.lock);
  return results;
}

/**
 * bijou_connection_probe_all:
 * @self: a connection
 *
 * bijou_connection_probe_each() with nobody told meanwhile.
 *
 * Returns: (transfer full) (element-type BijouProbeResult): one result for each address
 */
GPtrArray *
bijou_connection_probe_all (BijouConnection *self)
{
  return bijou_connection_probe_each (self, NULL, NULL);
}
