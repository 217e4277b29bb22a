#include "config.h"

#include "bijou-connection-private.h"

static void
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  bijou_race_cancel (user_data);
}

/**
 * bijou_connection_confirm:
 * @self: a connection
 * @url: a URL under one of its addresses, where something has just answered
 * @cancellable: (nullable): gives up
 *
 * Asks there who it is: a portal, or a proxy whose server is away, answers for anybody. Changes
 * nothing. Any thread, blocking for the time of one probe.
 *
 * Returns: whether it is the server
 */
gboolean
bijou_connection_confirm (BijouConnection *self, const char *url, GCancellable *cancellable)
{
  g_autoptr (BijouRace) race = NULL;
  gulong id = 0;
  gboolean confirmed;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);

  race = bijou_race_new (self->http, self->probe, self->server_id, BIJOU_RACE_QUICK);
  g_mutex_lock (&self->shared.lock);
  bijou_address_book_fill_confirmation (self->shared.book, race, url);
  g_mutex_unlock (&self->shared.lock);

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), race, NULL);
  confirmed = bijou_race_run (race) != NULL;
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
  return confirmed;
}
