#include "config.h"

#include "bijou-connection-private.h"

/* What a connection does of itself while somebody looks at its server: it notices that an offline
 * server is back, and that a better address than the one in use is. Each is a source on the main
 * context that starts a thread for a moment. */

/* An address that fails so soon after it took over is one that comes and goes. */
#define SETTLED_US (300 * G_TIME_SPAN_SECOND)

static const BijouConnectionPace default_pace = {
  .starting = 3000,
  .recheck = { 5000, 300000 },
  .upgrade = { 30000, 600000 },
  .confirm = 5000,
  .find = { 30000, 3600000 },
};

/* Returns a pause in milliseconds. */
guint
bijou_connection_get_pause (const guint *bounds, guint doublings)
{
  return MIN (bounds[0] << MIN (doublings, 10), bounds[1]);
}

void
bijou_connection_init_upkeep (BijouConnection *self)
{
  self->upkeep.pace = default_pace;
}

/* For tests, before the first race. */
void
bijou_connection_set_pace (BijouConnection *self, const BijouConnectionPace *pace)
{
  self->upkeep.pace = *pace;
}

static void
cancel_source (BijouConnection *self)
{
  if (self->upkeep.source != NULL)
    g_source_destroy (self->upkeep.source);
  g_clear_pointer (&self->upkeep.source, g_source_unref);
}

/* Returns (transfer full) (nullable): the thread to be joined with no lock held. */
GThread *
bijou_connection_stop_upkeep_locked (BijouConnection *self)
{
  self->upkeep.wanted = FALSE;
  cancel_source (self);
  if (self->upkeep.race != NULL)
    bijou_race_cancel (self->upkeep.race);
  return g_steal_pointer (&self->upkeep.thread);
}

/* What was learned of pauses belongs to the network that was left. */
void
bijou_connection_reset_upkeep_locked (BijouConnection *self)
{
  self->upkeep.rechecks = 0;
  self->upkeep.upgrades = 0;
  self->upkeep.taken_over_at = 0;
  g_clear_pointer (&self->upkeep.better_url, g_free);
}

/* Two good probes in a row: one that answers now and then does not make the address flap. */
static void
judge_upgrade (BijouConnection *self, BijouEntrant *winner)
{
  g_autofree char *better_url = g_steal_pointer (&self->upkeep.better_url);

  if (winner != NULL && g_strcmp0 (winner->url, better_url) == 0)
    {
      bijou_connection_use_locked (self, winner, BIJOU_CONNECTION_REASON_UPGRADED);
      self->upkeep.taken_over_at = g_get_monotonic_time ();
    }
  else if (winner != NULL)
    self->upkeep.better_url = g_strdup (winner->url);
  else
    self->upkeep.upgrades++;
}

/* The address in use may have changed meanwhile: then this is for another time. */
static gboolean
is_still_better (BijouConnection *self, const char *before)
{
  return self->shared.state == BIJOU_CONNECTION_CONNECTED && self->shared.race == NULL &&
         g_strcmp0 (before, self->shared.url) == 0;
}

static gpointer
upgrade_main (gpointer data)
{
  BijouConnection *self = data;
  g_autoptr (BijouRace) race = NULL;
  g_autofree char *before = NULL;
  BijouEntrant *winner;

  g_mutex_lock (&self->shared.lock);
  race = self->upkeep.race;
  before = g_strdup (self->shared.url);
  g_mutex_unlock (&self->shared.lock);
  winner = bijou_race_run (race);
  g_mutex_lock (&self->shared.lock);
  if (!self->shared.closing)
    {
      bijou_address_book_learn (self->shared.book, race);
      bijou_connection_emit_learned_locked (self);
      if (is_still_better (self, before) &&
          (winner == NULL || bijou_address_book_contains (self->shared.book, winner->url)))
        judge_upgrade (self, winner);
    }
  self->upkeep.race = NULL;
  bijou_connection_plan_upkeep_locked (self);
  g_mutex_unlock (&self->shared.lock);
  return NULL;
}

static void
start_upgrade (BijouConnection *self)
{
  BijouRace *race =
      bijou_race_new (self->http, self->probe, self->server_id, BIJOU_RACE_EXHAUSTIVE);

  bijou_address_book_fill_upgrade (self->shared.book, race, self->shared.url);
  g_clear_pointer (&self->upkeep.thread, g_thread_join);
  self->upkeep.race = race;
  self->upkeep.thread = g_thread_new ("bijou-upgrade", upgrade_main, self);
}

static gboolean
has_better (BijouConnection *self)
{
  return self->shared.state == BIJOU_CONNECTION_CONNECTED && self->shared.url != NULL &&
         bijou_address_book_fill_upgrade (self->shared.book, NULL, self->shared.url) > 0;
}

typedef struct
{
  GWeakRef connection;
} Due;

static void
due_free (gpointer data)
{
  Due *due = data;

  g_weak_ref_clear (&due->connection);
  g_free (due);
}

/* While a race or a probe runs nothing is: its end plans anew. */
static void
do_what_is_due (BijouConnection *self)
{
  if (self->shared.race != NULL || self->upkeep.race != NULL)
    return;
  if (self->shared.state == BIJOU_CONNECTION_OFFLINE)
    {
      self->upkeep.rechecks++;
      bijou_connection_start_race_locked (self);
    }
  else if (has_better (self))
    start_upgrade (self);
}

static gboolean
on_due_cb (gpointer user_data)
{
  Due *due = user_data;
  g_autoptr (BijouConnection) self = g_weak_ref_get (&due->connection);

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->shared.lock);
  if (g_main_current_source () == self->upkeep.source)
    {
      g_clear_pointer (&self->upkeep.source, g_source_unref);
      do_what_is_due (self);
    }
  g_mutex_unlock (&self->shared.lock);
  return G_SOURCE_REMOVE;
}

static void
schedule (BijouConnection *self, guint ms)
{
  Due *due = g_new0 (Due, 1);

  g_weak_ref_init (&due->connection, self);
  self->upkeep.source = g_timeout_source_new (ms);
  g_source_set_callback (self->upkeep.source, on_due_cb, due, due_free);
  g_source_attach (self->upkeep.source, NULL);
}

static guint
get_recheck_pause (BijouConnection *self)
{
  const BijouConnectionPace *pace = &self->upkeep.pace;

  if (g_error_matches (self->shared.race_error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING))
    return pace->starting;
  return bijou_connection_get_pause (pace->recheck, self->upkeep.rechecks);
}

static guint
get_upgrade_pause (BijouConnection *self)
{
  const BijouConnectionPace *pace = &self->upkeep.pace;

  if (self->upkeep.better_url != NULL)
    return pace->confirm;
  return bijou_connection_get_pause (pace->upgrade, self->upkeep.upgrades);
}

/* One that took over and has failed since is given ever more time before it may do so again. */
static void
count_flap (BijouConnection *self)
{
  gint64 since = g_get_monotonic_time () - self->upkeep.taken_over_at;

  if (self->upkeep.taken_over_at == 0)
    return;
  self->upkeep.upgrades = since < SETTLED_US ? self->upkeep.upgrades + 1 : 0;
  self->upkeep.taken_over_at = 0;
}

/* Plans what is due next, in place of what was: after a race, a probe, new addresses. */
void
bijou_connection_plan_upkeep_locked (BijouConnection *self)
{
  cancel_source (self);
  if (self->shared.state == BIJOU_CONNECTION_CONNECTED)
    self->upkeep.rechecks = 0;
  if (!self->upkeep.wanted || self->shared.closing || self->shared.race != NULL ||
      self->upkeep.race != NULL)
    return;

  if (self->shared.state == BIJOU_CONNECTION_OFFLINE)
    schedule (self, get_recheck_pause (self));
  else if (has_better (self))
    {
      count_flap (self);
      schedule (self, get_upgrade_pause (self));
    }
  else if (self->upkeep.taken_over_at == 0)
    self->upkeep.upgrades = 0;
}

/**
 * bijou_connection_set_upkeep:
 * @self: a connection
 * @wanted: whether somebody looks at the server
 *
 * While it is wanted, an offline server is raced again in the background, after 5 s, doubled up to
 * 5 min, every 3 s while it says that it is starting; and addresses better than the one in use are
 * probed after 30 s, doubled up to 10 min. A better one takes over after two good probes in a row;
 * transfers that run are left alone. Nothing is probed while the best address is in use. Any
 * thread.
 */
void
bijou_connection_set_upkeep (BijouConnection *self, gboolean wanted)
{
  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  g_mutex_lock (&self->shared.lock);
  if (self->upkeep.wanted != wanted)
    {
      self->upkeep.wanted = wanted;
      bijou_connection_plan_upkeep_locked (self);
    }
  g_mutex_unlock (&self->shared.lock);
}
