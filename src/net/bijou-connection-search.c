#include "config.h"

#include "bijou-connection-private.h"

/* Looking for addresses that are not known yet, beside a race that goes badly. */

struct _BijouFinder
{
  gatomicrefcount references;
  BijouAddressFinderFunc func;
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable) */

  struct
  {                            /* under the lock of the connection */
    GCancellable *cancellable; /* (owned) (nullable) while it runs */
    gboolean holds_race;
    guint vain;     /* so many searches in a row did not help */
    gint64 next_at; /* monotonic µs: not before */
  } shared;
};

static BijouFinder *
finder_ref (BijouFinder *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/* Any thread. */
void
bijou_finder_unref (BijouFinder *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_object (&self->shared.cancellable);
  g_free (self);
}

typedef struct
{
  BijouConnection *connection; /* (owned) */
  BijouFinder *finder;         /* (owned) */
  GCancellable *cancellable;   /* (owned) */
} Search;

static void
note_search_ended (BijouConnection *self, BijouFinder *finder)
{
  guint pause;

  g_mutex_lock (&self->shared.lock);
  pause = bijou_connection_get_pause (self->upkeep.pace.find, finder->shared.vain++);
  finder->shared.next_at = g_get_monotonic_time () + (gint64) pause * 1000;
  g_clear_object (&finder->shared.cancellable);
  if (finder->shared.holds_race)
    bijou_race_release (self->shared.race);
  finder->shared.holds_race = FALSE;
  g_mutex_unlock (&self->shared.lock);
}

static gpointer
search_main (gpointer data)
{
  Search *search = data;

  search->finder->func (search->connection, search->finder->user_data, search->cancellable);
  note_search_ended (search->connection, search->finder);
  g_object_unref (search->cancellable);
  bijou_finder_unref (search->finder);
  g_object_unref (search->connection);
  g_free (search);
  return NULL;
}

/* It holds a reference to the connection: the function that it runs is given one. */
static void
start_search (BijouConnection *self, BijouFinder *finder, BijouRace *race)
{
  Search *search = g_new0 (Search, 1);

  search->connection = g_object_ref (self);
  search->finder = finder_ref (finder);
  search->cancellable = g_cancellable_new ();
  finder->shared.cancellable = g_object_ref (search->cancellable);
  finder->shared.holds_race = TRUE;
  bijou_race_hold (race);
  g_thread_unref (g_thread_new ("bijou-find", search_main, search));
}

static void
on_race_exhausted_cb (BijouRace *race, gpointer user_data)
{
  BijouConnection *self = user_data;
  BijouFinder *finder;

  g_mutex_lock (&self->shared.lock);
  finder = self->shared.finder;
  if (!self->shared.closing && finder != NULL && finder->shared.cancellable == NULL &&
      g_get_monotonic_time () >= finder->shared.next_at)
    start_search (self, finder, race);
  g_mutex_unlock (&self->shared.lock);
}

/* Has @race call for help when all goes badly. */
void
bijou_connection_watch_race_locked (BijouConnection *self, BijouRace *race)
{
  bijou_race_set_exhausted_func (race, on_race_exhausted_cb, self);
}

/* The race is over: who still searches is told to stop, with no lock held. */
void
bijou_connection_cancel_search (BijouConnection *self)
{
  g_autoptr (GCancellable) cancellable = NULL;
  BijouFinder *finder;

  g_mutex_lock (&self->shared.lock);
  finder = self->shared.finder;
  if (finder != NULL && finder->shared.holds_race)
    {
      finder->shared.holds_race = FALSE;
      cancellable = g_object_ref (finder->shared.cancellable);
    }
  g_mutex_unlock (&self->shared.lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

/* The next race that goes badly may search at once. */
void
bijou_connection_reset_search_locked (BijouConnection *self)
{
  if (self->shared.finder == NULL)
    return;
  self->shared.finder->shared.vain = 0;
  self->shared.finder->shared.next_at = 0;
}

/**
 * bijou_connection_set_finder:
 * @self: a connection
 * @func: (nullable): looks for addresses
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data; on any thread
 *
 * Has @func run beside a race in which every known address has failed or is in doubt. The race
 * waits for it within its 6.5 s; then its cancellable is cancelled. While a server stays away it
 * runs ever less often: 30 s after the last time, doubled up to an hour. Any thread, before the
 * first race.
 */
void
bijou_connection_set_finder (BijouConnection *self,
                             BijouAddressFinderFunc func,
                             gpointer user_data,
                             GDestroyNotify destroy)
{
  BijouFinder *finder = NULL;
  BijouFinder *old;

  g_return_if_fail (BIJOU_IS_CONNECTION (self));

  if (func != NULL)
    {
      finder = g_new0 (BijouFinder, 1);
      g_atomic_ref_count_init (&finder->references);
      finder->func = func;
      finder->user_data = user_data;
      finder->destroy = destroy;
    }

  bijou_connection_cancel_search (self);
  g_mutex_lock (&self->shared.lock);
  old = self->shared.finder;
  self->shared.finder = finder;
  g_mutex_unlock (&self->shared.lock);
  g_clear_pointer (&old, bijou_finder_unref);
}
