#include "config.h"

#include "bijou-connection-race.h"

#include "bijou-http-private.h"
#include "bijou-url.h"

#define HEAD_START_US (150 * G_TIME_SPAN_MILLISECOND)
#define GRACE_US (300 * G_TIME_SPAN_MILLISECOND)
#define WHOLE_US (6500 * G_TIME_SPAN_MILLISECOND)

struct _BijouRace
{
  BijouHttp *http;                 /* (owned) */
  const BijouIdentityProbe *probe; /* (unowned) static */
  char *server_id;                 /* (owned) (nullable) NULL: whoever answers */
  BijouTrust *trust;               /* (owned) (nullable) */
  BijouRaceMode mode;
  BijouRaceExhaustedFunc exhausted; /* (nullable) */
  gpointer exhausted_data;
  BijouProbeFunc probed; /* (nullable) */
  gpointer probed_data;
  gint64 started; /* monotonic µs */

  struct
  {
    GMutex lock;
    GCond cond;
    GPtrArray *entrants; /* (owned) of BijouEntrant */
    gint64 first_good;   /* monotonic µs, 0 none yet */
    guint holds;         /* more entrants may come */
    gboolean cancelled;
    gboolean ending; /* it gives up those that still run */
    gboolean was_exhausted;
  } shared;
};

/**
 * bijou_address_get_rank:
 * @address: an address
 *
 * A lower one is better: what the user pinned, then LAN, direct, relay, and of the same class TLS
 * first: a token in the clear is the last resort.
 */
int
bijou_address_get_rank (const BijouAddress *address)
{
  if (address->pinned)
    return -1;
  return (int) address->address_class * 2 + (g_str_has_prefix (address->url, "https:") ? 0 : 1);
}

static void
entrant_free (BijouEntrant *entrant)
{
  g_clear_pointer ((BijouHttpExchange **) &entrant->exchange, bijou_http_exchange_unref);
  g_clear_error (&entrant->error);
  g_clear_pointer (&entrant->trust, bijou_trust_unref);
  g_free (entrant->url);
  g_free (entrant);
}

/**
 * bijou_race_new:
 * @http: the client
 * @probe: how to ask who is there; static
 * @server_id: (nullable): who must answer, %NULL for anybody
 * @mode: when it ends
 *
 * Returns: (transfer full): a race with nobody in it
 */
BijouRace *
bijou_race_new (BijouHttp *http,
                const BijouIdentityProbe *probe,
                const char *server_id,
                BijouRaceMode mode)
{
  BijouRace *self = g_new0 (BijouRace, 1);

  self->http = g_object_ref (http);
  self->probe = probe;
  self->server_id = g_strdup (server_id);
  self->mode = mode;
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.cond);
  self->shared.entrants = g_ptr_array_new_with_free_func ((GDestroyNotify) entrant_free);
  return self;
}

/**
 * bijou_race_free:
 * @self: (transfer full): a race that does not run
 */
void
bijou_race_free (BijouRace *self)
{
  g_ptr_array_unref (self->shared.entrants);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.cond);
  g_object_unref (self->http);
  g_clear_pointer (&self->trust, bijou_trust_unref);
  g_free (self->server_id);
  g_free (self);
}

/**
 * bijou_race_set_trust:
 * @self: a race
 * @trust: (nullable): what is trusted at the server; holds for those that are added later
 *
 * Any thread, also while the race runs.
 */
void
bijou_race_set_trust (BijouRace *self, BijouTrust *trust)
{
  g_mutex_lock (&self->shared.lock);
  g_clear_pointer (&self->trust, bijou_trust_unref);
  self->trust = trust == NULL ? NULL : bijou_trust_ref (trust);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_race_add:
 * @self: a race
 * @address: an address; one that takes part already, or may not be used, is ignored
 * @preferred: it goes first
 * @doubtful: it failed lately, nobody waits for it
 *
 * Any thread, also while the race runs.
 */
void
bijou_race_add (BijouRace *self, const BijouAddress *address, gboolean preferred, gboolean doubtful)
{
  BijouEntrant *entrant;

  if (!bijou_http_may_use (self->http, address))
    return;

  g_mutex_lock (&self->shared.lock);
  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      entrant = self->shared.entrants->pdata[i];
      if (g_str_equal (entrant->url, address->url))
        {
          g_mutex_unlock (&self->shared.lock);
          return;
        }
    }

  entrant = g_new0 (BijouEntrant, 1);
  entrant->race = self;
  entrant->url = g_strdup (address->url);
  entrant->trust = bijou_trust_for_address (self->trust, address);
  entrant->address_class = address->address_class;
  entrant->pinned = address->pinned;
  entrant->rank = bijou_address_get_rank (address);
  entrant->preferred = preferred && address->address_class != BIJOU_ADDRESS_RELAY;
  entrant->doubtful = doubtful;
  g_ptr_array_add (self->shared.entrants, entrant);
  g_cond_signal (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

static gboolean
check_identity (BijouRace *self, BijouHttpResponse *response, GError **error)
{
  BijouIdentity identity = { NULL };
  gboolean same;

  if (!bijou_http_response_check (response, error))
    {
      /* Each server has an identity: what has none is a proxy, or something else. */
      if (g_error_matches (*error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
        (*error)->code = BIJOU_ERROR_WRONG_SERVER;
      return FALSE;
    }
  if (!self->probe->parse (response, &identity, error))
    {
      bijou_identity_clear (&identity);
      return FALSE;
    }

  same = self->server_id == NULL || g_strcmp0 (self->server_id, identity.server_id) == 0;
  if (!same)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER,
                         "Another server answers at this address");
  bijou_identity_clear (&identity);
  return same;
}

static void
on_probe_done_cb (BijouHttpResponse *response, const GError *error, gpointer user_data)
{
  BijouEntrant *entrant = user_data;
  BijouRace *self = entrant->race;
  g_autoptr (GError) failure = error == NULL ? NULL : g_error_copy (error);
  gboolean good = response != NULL && check_identity (self, response, &failure);

  g_mutex_lock (&self->shared.lock);
  entrant->ended = g_get_monotonic_time ();
  if (good)
    entrant->state = BIJOU_ENTRANT_GOOD;
  else if (bijou_error_is_cancelled (failure))
    entrant->state = BIJOU_ENTRANT_UNTESTED;
  else
    entrant->state = BIJOU_ENTRANT_FAILED;
  if (entrant->state == BIJOU_ENTRANT_UNTESTED && !self->shared.ending)
    self->shared.cancelled = TRUE; /* the client was shut down */
  entrant->error = g_steal_pointer (&failure);
  if (good && self->shared.first_good == 0)
    self->shared.first_good = entrant->ended;
  g_cond_signal (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

static void
start_entrant (BijouRace *self, BijouEntrant *entrant)
{
  g_autofree char *url = bijou_url_join (entrant->url, self->probe->path);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_PROBE);
  BijouHttpExchange *exchange;

  bijou_http_request_set_header (request, "Accept", self->probe->accept);
  bijou_http_request_set_trust (request, entrant->trust);
  exchange = bijou_http_exchange_new (request, NULL, on_probe_done_cb, entrant);
  entrant->exchange = exchange;
  entrant->state = BIJOU_ENTRANT_RUNNING;
  entrant->started = g_get_monotonic_time ();
}

static gboolean
is_pending (const BijouEntrant *entrant)
{
  return entrant->state == BIJOU_ENTRANT_RUNNING ||
         (entrant->state == BIJOU_ENTRANT_UNTESTED && entrant->exchange == NULL);
}

static gboolean
is_held_back (BijouRace *self, const BijouEntrant *entrant, gint64 now)
{
  if (entrant->preferred || self->mode == BIJOU_RACE_EXHAUSTIVE)
    return FALSE;

  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      const BijouEntrant *other = self->shared.entrants->pdata[i];

      if (entrant->address_class == BIJOU_ADDRESS_RELAY)
        {
          if (other->address_class != BIJOU_ADDRESS_RELAY &&
              (is_pending (other) || other->state == BIJOU_ENTRANT_GOOD))
            return TRUE;
        }
      else if (other->preferred && is_pending (other) && now < self->started + HEAD_START_US)
        return TRUE;
    }
  return FALSE;
}

static GPtrArray *
prepare_starts (BijouRace *self, gint64 now)
{
  GPtrArray *started = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_http_exchange_unref);

  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->state != BIJOU_ENTRANT_UNTESTED || entrant->exchange != NULL ||
          is_held_back (self, entrant, now))
        continue;
      start_entrant (self, entrant);
      g_ptr_array_add (started, bijou_http_exchange_ref (entrant->exchange));
    }
  return started;
}

/* The lock is let go: on a client that was shut down the answer comes in this very call. */
static gboolean
start_entrants (BijouRace *self, gint64 now)
{
  g_autoptr (GPtrArray) started = prepare_starts (self, now);
  BijouHttpLoop *loop = bijou_http_get_loop (self->http);

  g_mutex_unlock (&self->shared.lock);
  for (guint i = 0; i < started->len; i++)
    bijou_http_loop_submit (loop, started->pdata[i]);
  g_mutex_lock (&self->shared.lock);
  return started->len > 0;
}

static BijouEntrant *
find_best (BijouRace *self)
{
  BijouEntrant *best = NULL;

  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->state == BIJOU_ENTRANT_GOOD && (best == NULL || entrant->rank < best->rank))
        best = entrant;
    }
  return best;
}

/* Nobody waits for a better one when the preferred one is good: whether there is one is found out
 * later, with nobody waiting. Nor for the preferred one, which had its time already, nor for one
 * that failed lately, unless the best one did so too. */
static gboolean
is_worth_waiting (const BijouEntrant *entrant, const BijouEntrant *best)
{
  return is_pending (entrant) && entrant->rank < best->rank && !best->preferred &&
         !entrant->preferred && (!entrant->doubtful || best->doubtful);
}

static gboolean
is_better_pending (BijouRace *self, const BijouEntrant *best)
{
  for (guint i = 0; i < self->shared.entrants->len; i++)
    if (is_worth_waiting (self->shared.entrants->pdata[i], best))
      return TRUE;
  return FALSE;
}

static gboolean
is_anything_pending (BijouRace *self)
{
  for (guint i = 0; i < self->shared.entrants->len; i++)
    if (is_pending (self->shared.entrants->pdata[i]))
      return TRUE;
  return self->shared.holds > 0;
}

static gboolean
is_exhausted (BijouRace *self)
{
  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      const BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->state == BIJOU_ENTRANT_GOOD || (is_pending (entrant) && !entrant->doubtful))
        return FALSE;
    }
  return TRUE;
}

/* The lock is let go: who helps may add entrants and hold the race open. */
static void
call_for_help (BijouRace *self)
{
  if (self->exhausted == NULL || self->shared.was_exhausted || self->shared.cancelled ||
      !is_exhausted (self))
    return;

  self->shared.was_exhausted = TRUE;
  g_mutex_unlock (&self->shared.lock);
  self->exhausted (self, self->exhausted_data);
  g_mutex_lock (&self->shared.lock);
}

static gboolean
is_over (BijouRace *self, gint64 now)
{
  BijouEntrant *best = find_best (self);

  if (self->shared.cancelled || now >= self->started + WHOLE_US || !is_anything_pending (self))
    return TRUE;
  if (best == NULL || self->mode == BIJOU_RACE_EXHAUSTIVE)
    return FALSE;
  return now >= self->shared.first_good + GRACE_US || !is_better_pending (self, best);
}

static gint64
get_next_moment (BijouRace *self, gint64 now)
{
  gint64 next = self->started + WHOLE_US;

  if (now < self->started + HEAD_START_US)
    next = MIN (next, self->started + HEAD_START_US);
  if (self->shared.first_good != 0 && now < self->shared.first_good + GRACE_US)
    next = MIN (next, self->shared.first_good + GRACE_US);
  return next;
}

static gboolean
is_anything_running (BijouRace *self)
{
  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->state == BIJOU_ENTRANT_RUNNING)
        return TRUE;
    }
  return FALSE;
}

/* Waits with no deadline, since the answers write into the entrants; but not for the network: the
 * net thread blocks nowhere but in its poll, from which the command wakes it, and a cancelled or
 * stopped exchange ends there and then. */
static void
cancel_losers (BijouRace *self)
{
  BijouHttpLoop *loop = bijou_http_get_loop (self->http);

  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->state == BIJOU_ENTRANT_RUNNING)
        bijou_http_loop_cancel (loop, entrant->exchange);
    }
  while (is_anything_running (self))
    g_cond_wait (&self->shared.cond, &self->shared.lock);
}

/* One that was given the head start or the grace and did not answer is late: a failure, if a soft
 * one. */
static void
stop_losers (BijouRace *self)
{
  gint64 now = g_get_monotonic_time ();

  self->shared.ending = TRUE;
  cancel_losers (self);
  if (self->shared.cancelled)
    return;
  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->state != BIJOU_ENTRANT_UNTESTED || entrant->started == 0 ||
          now - entrant->started < (entrant->preferred ? HEAD_START_US : GRACE_US))
        continue;
      entrant->state = BIJOU_ENTRANT_FAILED;
      g_clear_error (&entrant->error);
      entrant->error = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_TIMEOUT,
                                            "No answer in the time of the race");
    }
}

/**
 * bijou_race_set_exhausted_func:
 * @self: a race that has not begun
 * @func: called when every address has failed or is in doubt
 * @user_data: for @func
 */
void
bijou_race_set_exhausted_func (BijouRace *self, BijouRaceExhaustedFunc func, gpointer user_data)
{
  self->exhausted = func;
  self->exhausted_data = user_data;
}

/**
 * bijou_race_set_probe_func:
 * @self: a race that does not run yet
 * @func: (nullable): called on the race's thread as each probe ends
 * @user_data: for @func
 */
void
bijou_race_set_probe_func (BijouRace *self, BijouProbeFunc func, gpointer user_data)
{
  self->probed = func;
  self->probed_data = user_data;
}

/**
 * bijou_race_hold:
 * @self: a race
 *
 * More entrants may come: it is not lost before bijou_race_release(), but over in its 6.5 s all the
 * same. Any thread.
 */
void
bijou_race_hold (BijouRace *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.holds++;
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_race_release:
 * @self: a race that was held
 *
 * Any thread.
 */
void
bijou_race_release (BijouRace *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.holds--;
  g_cond_signal (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_race_cancel:
 * @self: a race
 *
 * Ends it at once; nothing is learned of those that have not answered. Any thread.
 */
void
bijou_race_cancel (BijouRace *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.cancelled = TRUE;
  g_cond_signal (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

/* With the lock held, which it lets go for each call: what has ended does not change. */
static void
tell_probed (BijouRace *self)
{
  for (guint i = 0; self->probed != NULL && i < self->shared.entrants->len; i++)
    {
      BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->told ||
          (entrant->state != BIJOU_ENTRANT_GOOD && entrant->state != BIJOU_ENTRANT_FAILED))
        continue;
      entrant->told = TRUE;
      g_mutex_unlock (&self->shared.lock);
      self->probed (entrant->url, bijou_entrant_get_ms (entrant), entrant->error,
                    self->probed_data);
      g_mutex_lock (&self->shared.lock);
    }
}

/**
 * bijou_race_run:
 * @self: a race
 *
 * Runs it to its end: the preferred address has a head start of 150 ms, then come all others but
 * relays, which wait until every other has failed. A better class (LAN, direct, relay; TLS before
 * plain) is waited for by 300 ms, unless the best that is good is the preferred address. Blocks
 * for 6.5 s at most; not on the net thread.
 *
 * Returns: (transfer none) (nullable): the winner
 */
BijouEntrant *
bijou_race_run (BijouRace *self)
{
  BijouEntrant *winner;

  self->started = g_get_monotonic_time ();
  g_mutex_lock (&self->shared.lock);
  while (TRUE)
    {
      gint64 now = g_get_monotonic_time ();

      call_for_help (self);
      tell_probed (self);
      if (is_over (self, now))
        break;
      if (!start_entrants (self, now))
        g_cond_wait_until (&self->shared.cond, &self->shared.lock, get_next_moment (self, now));
    }
  winner = find_best (self);
  stop_losers (self);
  tell_probed (self);
  g_mutex_unlock (&self->shared.lock);
  return winner;
}

/**
 * bijou_race_get_entrants:
 * @self: a race that has ended
 *
 * Returns: (transfer none): the #BijouEntrant s with their results
 */
GPtrArray *
bijou_race_get_entrants (BijouRace *self)
{
  return self->shared.entrants;
}

/* What is most worth telling when all have failed. */
static int
get_weight (const GError *error)
{
  static const int order[] = { BIJOU_ERROR_OFFLINE,   BIJOU_ERROR_TIMEOUT,
                               BIJOU_ERROR_SERVER,    BIJOU_ERROR_WRONG_SERVER,
                               BIJOU_ERROR_PROTOCOL,  BIJOU_ERROR_NOT_FOUND,
                               BIJOU_ERROR_FORBIDDEN, BIJOU_ERROR_UNAUTHORISED,
                               BIJOU_ERROR_TLS,       BIJOU_ERROR_SERVER_STARTING };

  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (g_error_matches (error, BIJOU_ERROR, order[i]))
      return (int) i + 1;
  return bijou_error_is_cancelled (error) ? -1 : 0;
}

/**
 * bijou_race_create_error:
 * @self: a race that nobody won
 *
 * Returns: (transfer full): the most telling of the errors
 */
GError *
bijou_race_create_error (BijouRace *self)
{
  const GError *best = NULL;

  for (guint i = 0; i < self->shared.entrants->len; i++)
    {
      const BijouEntrant *entrant = self->shared.entrants->pdata[i];

      if (entrant->error != NULL &&
          (best == NULL || get_weight (entrant->error) > get_weight (best)))
        best = entrant->error;
    }
  if (best != NULL)
    return g_error_copy (best);
  return g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "No address is known");
}

/**
 * bijou_entrant_get_ms:
 * @self: an entrant of a race that has ended
 *
 * Returns: how long its answer took in milliseconds, or -1
 */
int
bijou_entrant_get_ms (const BijouEntrant *self)
{
  if (self->started == 0 || self->ended == 0)
    return -1;
  return (int) ((self->ended - self->started) / 1000);
}
