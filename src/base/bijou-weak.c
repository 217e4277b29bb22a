#include "config.h"

#include "bijou-weak.h"

/**
 * bijou_weak_new:
 * @object: an object
 *
 * Returns: (transfer full): a weak reference to it. Any thread.
 */
GWeakRef *
bijou_weak_new (gpointer object)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, object);
  return weak;
}

/**
 * bijou_weak_free:
 * @weak: (transfer full): a weak reference. Any thread.
 */
void
bijou_weak_free (GWeakRef *weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static void
free_with_closure (gpointer data, GClosure *closure)
{
  bijou_weak_free (data);
}

/**
 * bijou_weak_connect:
 * @instance: what emits
 * @signal: its signal
 * @callback: runs with a #GWeakRef to @object as its user data
 * @object: whom it is for
 *
 * For signals of other threads, which may be emitted while the last reference to @object goes; on
 * one thread g_signal_connect_object() is enough. Any thread.
 *
 * Returns: the handler; it is to be disconnected when @object goes
 */
gulong
bijou_weak_connect (gpointer instance, const char *signal, GCallback callback, gpointer object)
{
  return g_signal_connect_data (instance, signal, callback, bijou_weak_new (object),
                                free_with_closure, 0);
}
