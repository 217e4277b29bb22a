#include "config.h"

#include "bijou-fake-jellyfin.h"

/* ---- shows ---- */

static BijouFakeItem *
find_next (BijouFakeJellyfin *self, BijouFakeExchange *x, BijouFakeItem *show, gboolean always)
{
  g_autoptr (GPtrArray) leaves = bijou_fake_library_get_leaves (show);
  gboolean resumable = fake_param_bool (x, "enableResumable", TRUE);
  int last = -1;
  gint64 newest = 0;

  for (guint i = 0; i < leaves->len; i++)
    {
      BijouFakeItem *item = g_ptr_array_index (leaves, i);
      BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);

      newest = MAX (newest, state->viewed_at);
      if (state->played)
        last = i;
    }
  if (newest == 0 && !always)
    return NULL;
  for (guint i = last + 1; i < leaves->len; i++)
    {
      BijouFakeItem *item = g_ptr_array_index (leaves, i);

      if (item->parent->number == 0)
        continue;
      if (!resumable &&
          bijou_fake_library_get_state (self->library, item, x->user)->position_ms > 0)
        return NULL;
      return item;
    }
  return NULL;
}

static void
reply_next_up (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  const char *series = fake_param (x, "seriesId");
  BijouFakeItem *only = series != NULL ? jellyfin_find_item (self, series) : NULL;
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  for (guint s = 0; s < sections->len; s++)
    {
      GPtrArray *shows =
          ((BijouFakeSection *) g_ptr_array_index (sections, s))->lists[BIJOU_FAKE_SHOW];

      for (guint i = 0; i < shows->len; i++)
        {
          BijouFakeItem *show = g_ptr_array_index (shows, i);
          BijouFakeItem *next =
              only == NULL || only == show ? find_next (self, x, show, only == show) : NULL;

          if (next != NULL)
            g_ptr_array_add (items, next);
        }
    }
  jellyfin_reply_result (self, x, items);
}

static void
reply_seasons (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *show = jellyfin_find_item (self, id);

  if (show == NULL || show->kind != BIJOU_FAKE_SHOW)
    fake_fail (x, 404);
  else
    jellyfin_reply_result (self, x, show->children);
}

static void
reply_episodes (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *show = jellyfin_find_item (self, id);
  const char *season_id = fake_param (x, "seasonId");
  const char *season = fake_param (x, "season");
  const char *first = fake_param (x, "startItemId");
  BijouFakeItem *start = first != NULL ? jellyfin_find_item (self, first) : NULL;
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  BijouFakeItem *wanted = season_id != NULL ? jellyfin_find_item (self, season_id) : NULL;

  if (show == NULL || (season_id != NULL && wanted == NULL))
    {
      fake_fail (x, 404);
      return;
    }
  leaves = bijou_fake_library_get_leaves (show);
  for (guint i = 0; i < leaves->len; i++)
    {
      BijouFakeItem *item = g_ptr_array_index (leaves, i);

      if ((wanted != NULL && item->parent != wanted) ||
          (season != NULL && item->parent->number != g_ascii_strtoll (season, NULL, 10)) ||
          (start != NULL && item->index < start->index))
        continue;
      g_ptr_array_add (items, item);
    }
  jellyfin_reply_result (self, x, items);
}

static void
write_segment (FakeWriter *w,
               BijouFakeJellyfin *self,
               BijouFakeItem *item,
               const char *type,
               const gint64 *range)
{
  char id[33];

  jellyfin_format (self, JELLYFIN_SPACE_ROOT, item->index * 2 + (*type == 'I') + 10, id);
  fake_object (w, NULL, NULL);
  fake_str (w, "Id", id);
  jellyfin_put_id (self, w, "ItemId", item);
  fake_str (w, "Type", type);
  fake_int (w, "StartTicks", range[0] * JELLYFIN_TICKS);
  fake_int (w, "EndTicks", range[1] * JELLYFIN_TICKS);
  fake_end (w);
}

static void
reply_segments (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  g_auto (GStrv) types = fake_param_list (x, "includeSegmentTypes", ",");
  gboolean all = types[0] == NULL;
  gboolean intro, outro;
  FakeWriter *w;

  if (item == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  intro = item->intro_ms[1] > 0 && (all || g_strv_contains ((const char *const *) types, "Intro"));
  outro =
      item->credits_ms[1] > 0 && (all || g_strv_contains ((const char *const *) types, "Outro"));
  w = jellyfin_begin (self, x);
  fake_object (w, NULL, NULL);
  fake_array (w, "Items");
  if (outro)
    write_segment (w, self, item, "Outro", item->credits_ms);
  if (intro)
    write_segment (w, self, item, "Intro", item->intro_ms);
  if (fake_fault (x, BIJOU_FAKE_FAULT_UNKNOWN_ENUMS))
    write_segment (w, self, item, "Interlude", item->credits_ms);
  fake_end (w);
  fake_int (w, "TotalRecordCount", intro + outro);
  fake_int (w, "StartIndex", 0);
  fake_end (w);
  jellyfin_end (x, w);
}

gboolean
jellyfin_handle_shows (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  g_auto (GStrv) ids = NULL;

  if (g_str_equal (path, "/shows/nextup"))
    reply_next_up (self, x);
  else if ((ids = fake_match (path, "/shows/{}/seasons")))
    reply_seasons (self, x, ids[0]);
  else if ((ids = fake_match (path, "/shows/{}/episodes")))
    reply_episodes (self, x, ids[0]);
  else if ((ids = fake_match (path, "/mediasegments/{}")))
    reply_segments (self, x, ids[0]);
  else
    return FALSE;
  return TRUE;
}
