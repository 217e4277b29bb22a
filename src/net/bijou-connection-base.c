#include "config.h"

#include "bijou-connection-private.h"

/* How long a success counts with no new probe. */
#define LAN_FRESH_US (300 * G_TIME_SPAN_SECOND)
#define DIRECT_FRESH_US (120 * G_TIME_SPAN_SECOND)
#define RELAY_FRESH_US (30 * G_TIME_SPAN_SECOND)
/* Races follow each other no faster than this. */
#define RACE_PAUSE_US (1 * G_TIME_SPAN_SECOND)
/* A race, and the one that follows it when the network changes in the middle. */
#define MAX_WAIT_US (15 * G_TIME_SPAN_SECOND)

/* Finding the address to use: races, and who waits for them. */

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

static const char *
get_label (BijouConnection *self)
{
  return self->server_id == NULL ? "a new server" : self->server_id;
}

void
bijou_connection_set_state_locked (BijouConnection *self, BijouConnectionState state)
{
  if (self->shared.state == state)
    return;

  g_debug ("connection to %s: %s → %s", get_label (self),
           bijou_connection_state_to_string (self->shared.state),
           bijou_connection_state_to_string (state));
  self->shared.state = state;
  bijou_connection_emit_changed_locked (self);
}

static void
set_url (BijouConnection *self, const char *url, BijouAddressClass url_class)
{
  self->shared.url_class = url_class;
  if (g_strcmp0 (self->shared.url, url) == 0)
    return;

  g_debug ("connection to %s: now %s", get_label (self), url == NULL ? "nowhere" : url);
  g_free (self->shared.url);
  self->shared.url = g_strdup (url);
  bijou_connection_emit_changed_locked (self);
}

static void
set_reason (BijouConnection *self, BijouConnectionReason reason)
{
  if (self->shared.reason == reason)
    return;
  self->shared.reason = reason;
  bijou_connection_emit_changed_locked (self);
}

/* The address in use has just answered. */
void
bijou_connection_keep_fresh_locked (BijouConnection *self)
{
  self->shared.fresh_until = g_get_monotonic_time () + get_fresh_time (self->shared.url_class);
}

/* Takes an address into use, and remembers it for this network. */
void
bijou_connection_use_locked (BijouConnection *self,
                             const BijouEntrant *winner,
                             BijouConnectionReason reason)
{
  set_url (self, winner->url, winner->address_class);
  set_reason (self, reason);
  self->shared.moved = FALSE;
  bijou_connection_keep_fresh_locked (self);
  bijou_address_book_note_winner (self->shared.book, winner->url);
  bijou_connection_set_state_locked (self, BIJOU_CONNECTION_CONNECTED);
}

static gboolean
has_worse (GPtrArray *entrants, const BijouEntrant *winner)
{
  for (guint i = 0; i < entrants->len; i++)
    {
      const BijouEntrant *entrant = entrants->pdata[i];

      if (entrant->state == BIJOU_ENTRANT_GOOD && entrant->rank > winner->rank)
        return TRUE;
    }
  return FALSE;
}

static gboolean
have_others_failed (GPtrArray *entrants, const BijouEntrant *winner)
{
  for (guint i = 0; i < entrants->len; i++)
    {
      const BijouEntrant *entrant = entrants->pdata[i];

      if (entrant != winner && entrant->state != BIJOU_ENTRANT_FAILED)
        return FALSE;
    }
  return TRUE;
}

static BijouConnectionReason
find_reason (BijouRace *race, const BijouEntrant *winner)
{
  GPtrArray *entrants = bijou_race_get_entrants (race);

  if (winner->pinned)
    return BIJOU_CONNECTION_REASON_PINNED;
  if (entrants->len == 1)
    return BIJOU_CONNECTION_REASON_ONLY_ONE;
  if (winner->address_class == BIJOU_ADDRESS_RELAY)
    return BIJOU_CONNECTION_REASON_RELAY;
  if (winner->preferred)
    return BIJOU_CONNECTION_REASON_REMEMBERED;
  if (has_worse (entrants, winner))
    return BIJOU_CONNECTION_REASON_BEST_CLASS;
  if (have_others_failed (entrants, winner))
    return BIJOU_CONNECTION_REASON_ONLY_GOOD;
  return BIJOU_CONNECTION_REASON_FIRST;
}

/* Learns from a race that has ended, and moves to its winner. */
void
bijou_connection_end_race_locked (BijouConnection *self,
                                  BijouRace *race,
                                  const BijouEntrant *winner)
{
  bijou_address_book_learn (self->shared.book, race);
  bijou_connection_emit_learned_locked (self);
  g_clear_error (&self->shared.race_error);
  if (winner != NULL)
    {
      bijou_connection_use_locked (self, winner, find_reason (race, winner));
      bijou_connection_reset_search_locked (self);
    }
  else
    {
      self->shared.race_error = bijou_race_create_error (race);
      set_url (self, NULL, BIJOU_ADDRESS_DIRECT);
      set_reason (self, BIJOU_CONNECTION_REASON_NONE);
      bijou_connection_set_state_locked (self, BIJOU_CONNECTION_OFFLINE);
    }
  self->shared.race_ended = g_get_monotonic_time ();
  self->shared.races++;
}

static BijouRace *
create_race (BijouConnection *self)
{
  BijouRace *race = bijou_race_new (self->http, self->probe, self->server_id, BIJOU_RACE_QUICK);
  const char *current = self->shared.moved ? NULL : self->shared.url;

  bijou_address_book_fill_race (self->shared.book, race, current);
  bijou_connection_watch_race_locked (self, race);
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
  bijou_connection_cancel_search (self);
  g_mutex_lock (&self->shared.lock);

  again = self->shared.race_again;
  self->shared.race_again = FALSE;
  /* It was taken off the list, or disabled, while it raced. */
  if (winner != NULL && !bijou_address_book_contains (self->shared.book, winner->url))
    {
      winner = NULL;
      again = TRUE;
    }
  /* That nobody could be reached from the old network says nothing. */
  if (winner != NULL || !again)
    bijou_connection_end_race_locked (self, race, winner);
  self->shared.race = again ? create_race (self) : NULL;
  if (again)
    bijou_connection_set_state_locked (self, BIJOU_CONNECTION_RACING);
  bijou_connection_plan_upkeep_locked (self);
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
 * let go of the lock for good. The state is not touched: one that nobody waits for is not shown. */
void
bijou_connection_start_race_locked (BijouConnection *self)
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
      bijou_connection_start_race_locked (self);
    }
  /* Whether what is in use is still good is not shown either. */
  if (self->shared.state != BIJOU_CONNECTION_CONNECTED)
    bijou_connection_set_state_locked (self, BIJOU_CONNECTION_RACING);
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
