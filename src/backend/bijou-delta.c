#include "config.h"

#include "bijou-delta.h"

static void
census_free (BijouCensus *census)
{
  g_free (census->library_id);
  g_free (census);
}

/**
 * bijou_delta_new:
 *
 * Returns: (transfer full): no news
 */
BijouDelta *
bijou_delta_new (void)
{
  BijouDelta *self = g_new0 (BijouDelta, 1);

  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->census = g_ptr_array_new_with_free_func ((GDestroyNotify) census_free);
  return self;
}

/**
 * bijou_delta_free:
 * @self: (transfer full): a delta
 */
void
bijou_delta_free (BijouDelta *self)
{
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->census);
  g_clear_pointer (&self->favourites, g_ptr_array_unref);
  g_clear_pointer (&self->begun, g_ptr_array_unref);
  g_free (self);
}

/**
 * bijou_delta_add_census:
 * @self: a delta
 * @what: which rows are counted
 * @kinds: of which kinds
 * @library_id: (nullable): in one library
 * @count: how many the server has
 */
void
bijou_delta_add_census (BijouDelta *self,
                        BijouCensusKind what,
                        BijouItemKinds kinds,
                        const char *library_id,
                        gint64 count)
{
  BijouCensus *census = g_new0 (BijouCensus, 1);

  census->what = what;
  census->kinds = kinds;
  census->library_id = g_strdup (library_id);
  census->count = count;
  g_ptr_array_add (self->census, census);
}
