#include "config.h"

#include "bijou-live-inbox.h"

/* What becomes of the events of one server while they wait. */

#define QUIET_MS 1000
#define MAX_MS 5000

static gboolean
add (BijouLiveInbox *inbox, BijouEventKind kind, const char *id)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_event_free);

  g_ptr_array_add (events, bijou_event_new (kind, id));
  return bijou_live_inbox_add (inbox, events);
}

static gboolean
add_state (BijouLiveInbox *inbox, const char *id, gboolean watched)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_event_free);
  BijouItem *state = bijou_item_new (BIJOU_ITEM_UNKNOWN, "server", id);

  state->watched = watched;
  g_ptr_array_add (events, bijou_event_new_state (state));
  return bijou_live_inbox_add (inbox, events);
}

/* Everything, however young. */
static BijouLiveBatch *
take_all (BijouLiveInbox *inbox)
{
  return bijou_live_inbox_take (inbox, 0, 0);
}

static void
test_empty (void)
{
  g_autoptr (BijouLiveInbox) inbox = bijou_live_inbox_new ();
  g_autoptr (BijouLiveBatch) batch = NULL;
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  g_assert_false (bijou_live_inbox_add (inbox, nothing));
  g_assert_cmpint (bijou_live_inbox_get_due (inbox, 0, 0, 0), ==, 0);
  batch = take_all (inbox);
  g_assert_false (bijou_live_batch_has_work (batch));
  g_assert_false (batch->library);
}

/* Whoever looks is told once, until it found nothing any more. */
static void
test_telling (void)
{
  g_autoptr (BijouLiveInbox) inbox = bijou_live_inbox_new ();

  g_assert_true (add (inbox, BIJOU_EVENT_CHANGED, "1"));
  g_assert_false (add (inbox, BIJOU_EVENT_CHANGED, "2"));
  g_assert_cmpint (bijou_live_inbox_get_due (inbox, 0, QUIET_MS, MAX_MS), >, 0);
  g_assert_false (add (inbox, BIJOU_EVENT_CHANGED, "3"));
  bijou_live_batch_free (take_all (inbox));
  g_assert_false (add (inbox, BIJOU_EVENT_CHANGED, "4"));
  bijou_live_batch_free (take_all (inbox));
  g_assert_cmpint (bijou_live_inbox_get_due (inbox, 0, QUIET_MS, MAX_MS), ==, 0);
  g_assert_true (add (inbox, BIJOU_EVENT_CHANGED, "5"));
}

static void
test_last_word (void)
{
  g_autoptr (BijouLiveInbox) inbox = bijou_live_inbox_new ();
  g_autoptr (BijouLiveBatch) batch = NULL;

  add (inbox, BIJOU_EVENT_TOUCHED, "1");
  add_state (inbox, "1", FALSE);
  add_state (inbox, "1", TRUE);
  add (inbox, BIJOU_EVENT_TOUCHED, "2");
  add (inbox, BIJOU_EVENT_TOUCHED, "2");
  add_state (inbox, "5", TRUE);
  add (inbox, BIJOU_EVENT_TOUCHED, "5");
  add (inbox, BIJOU_EVENT_CHANGED, "3");
  add (inbox, BIJOU_EVENT_REMOVED, "3");
  add (inbox, BIJOU_EVENT_REMOVED, "4");
  add (inbox, BIJOU_EVENT_CHANGED, "4");
  batch = take_all (inbox);
  g_assert_cmpuint (batch->states->len, ==, 1);
  g_assert_true (((BijouItem *) batch->states->pdata[0])->watched);
  g_assert_cmpuint (batch->touched->len, ==, 2);
  g_assert_true (g_ptr_array_find_with_equal_func (batch->touched, "2", g_str_equal, NULL));
  g_assert_true (g_ptr_array_find_with_equal_func (batch->touched, "5", g_str_equal, NULL));
  g_assert_cmpuint (g_hash_table_size (batch->removed), ==, 1);
  g_assert_true (g_hash_table_contains (batch->removed, "3"));
  g_assert_cmpuint (g_hash_table_size (batch->changed), ==, 1);
  g_assert_true (g_hash_table_contains (batch->changed, "4"));
  g_assert_false (batch->library);
}

/* A play state does not wait for a scan to end. */
static void
test_quick_and_slow (void)
{
  g_autoptr (BijouLiveInbox) inbox = bijou_live_inbox_new ();
  g_autoptr (BijouLiveBatch) quick = NULL;
  g_autoptr (BijouLiveBatch) slow = NULL;
  gint64 began = g_get_monotonic_time ();
  gint64 slow_due;

  add (inbox, BIJOU_EVENT_LIBRARY, NULL);
  add (inbox, BIJOU_EVENT_CHANGED, "1");
  slow_due = bijou_live_inbox_get_due (inbox, 0, 3600 * 1000, 7200 * 1000);
  g_assert_cmpint (slow_due, >=, began + (gint64) 3600 * G_USEC_PER_SEC);
  add_state (inbox, "2", TRUE);
  g_assert_cmpint (bijou_live_inbox_get_due (inbox, 10, 3600 * 1000, 7200 * 1000), <, slow_due);

  quick = bijou_live_inbox_take (inbox, 3600 * 1000, 7200 * 1000);
  g_assert_cmpuint (quick->states->len, ==, 1);
  g_assert_false (quick->library);
  g_assert_cmpuint (g_hash_table_size (quick->changed), ==, 0);
  g_assert_cmpint (bijou_live_inbox_get_due (inbox, 10, 3600 * 1000, 7200 * 1000), ==, slow_due);

  /* A burst that does not end is cut. */
  slow = bijou_live_inbox_take (inbox, 3600 * 1000, 0);
  g_assert_true (slow->library);
  g_assert_true (g_hash_table_contains (slow->changed, "1"));
}

static void
test_too_many (void)
{
  static const BijouEventKind kinds[] = { BIJOU_EVENT_TOUCHED, BIJOU_EVENT_CHANGED,
                                          BIJOU_EVENT_REMOVED };

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autoptr (BijouLiveInbox) inbox = bijou_live_inbox_new ();
      g_autoptr (BijouLiveBatch) batch = NULL;

      for (guint i = 0; i < 250; i++)
        {
          g_autofree char *id = g_strdup_printf ("%u", i);

          add (inbox, kinds[k], id);
        }
      batch = take_all (inbox);
      g_assert_true (batch->library);
      g_assert_cmpuint (batch->touched->len, <, 100);
      g_assert_cmpuint (g_hash_table_size (batch->changed), <, 100);
      g_assert_cmpuint (g_hash_table_size (batch->removed), <, 100);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/live/inbox/empty", test_empty);
  g_test_add_func ("/live/inbox/telling", test_telling);
  g_test_add_func ("/live/inbox/last-word", test_last_word);
  g_test_add_func ("/live/inbox/quick-and-slow", test_quick_and_slow);
  g_test_add_func ("/live/inbox/too-many", test_too_many);
  return g_test_run ();
}
