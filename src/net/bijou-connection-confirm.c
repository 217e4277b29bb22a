#include "config.h"

#include "bijou-connection-private.h"
#include "bijou-url.h"

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

/**
 * bijou_connection_make_question:
 * @self: a connection
 * @url: a URL under one of its addresses
 *
 * Never blocks; any thread.
 *
 * Returns: (transfer full) (nullable): a GET of kind %BIJOU_HTTP_TRANSFER that asks there who it
 * is; %NULL when @url is under none of its addresses
 */
BijouHttpRequest *
bijou_connection_make_question (BijouConnection *self, const char *url)
{
  g_autoptr (BijouTrust) trust = NULL;
  g_autoptr (BijouHttpRequest) question = NULL;
  g_autofree char *base = NULL;
  g_autofree char *whole = NULL;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (url != NULL, NULL);

  g_mutex_lock (&self->shared.lock);
  base = g_strdup (bijou_address_book_get_base (self->shared.book, url));
  if (base != NULL)
    trust = bijou_address_book_dup_trust (self->shared.book, base);
  g_mutex_unlock (&self->shared.lock);
  if (base == NULL)
    return NULL;

  whole = bijou_url_join (base, self->probe->path);
  question = bijou_http_request_new ("GET", whole, BIJOU_HTTP_TRANSFER);
  bijou_http_request_set_header (question, "Accept", self->probe->accept);
  bijou_http_request_set_trust (question, trust);
  return g_steal_pointer (&question);
}
