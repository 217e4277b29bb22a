#include "config.h"

#include "bijou-spare-connection.h"

/* Whoever answers more than this is not worth waiting for. */
#define MAX_ANSWER (64 * 1024)

struct _BijouSpareConnection
{
  BijouHttp *http;             /* (owned) */
  BijouHttpTransfer *transfer; /* (owned) (nullable) */
  gsize received;              /* the net thread's, of `transfer` */
};

/* What is refused is paused, until the next question or the end. */
static gboolean
on_data_cb (const guint8 *data, gsize length, gpointer user_data)
{
  BijouSpareConnection *self = user_data;

  self->received += length;
  return self->received <= MAX_ANSWER;
}

static const BijouHttpTransferFuncs transfer_funcs = { NULL, on_data_cb, NULL };

/**
 * bijou_spare_connection_new:
 * @http: the client
 *
 * Returns: (transfer full): nothing yet
 */
BijouSpareConnection *
bijou_spare_connection_new (BijouHttp *http)
{
  BijouSpareConnection *self = g_new0 (BijouSpareConnection, 1);

  self->http = g_object_ref (http);
  return self;
}

/**
 * bijou_spare_connection_give_up:
 * @self: a spare connection
 *
 * Ends a question that was not answered yet; a connection that is idle stays. On the thread that
 * renews it.
 */
void
bijou_spare_connection_give_up (BijouSpareConnection *self)
{
  if (self->transfer == NULL)
    return;
  bijou_http_transfer_cancel (self->transfer);
  bijou_http_transfer_wait (self->transfer, NULL);
  g_clear_pointer (&self->transfer, bijou_http_transfer_unref);
}

/**
 * bijou_spare_connection_free:
 * @self: (transfer full): what nobody else uses. Any thread but the net thread.
 */
void
bijou_spare_connection_free (BijouSpareConnection *self)
{
  bijou_spare_connection_give_up (self);
  g_object_unref (self->http);
  g_free (self);
}

/**
 * bijou_spare_connection_is_ready:
 * @self: a spare connection
 *
 * Whether the last question has ended by itself. On the thread that renews it.
 */
gboolean
bijou_spare_connection_is_ready (BijouSpareConnection *self)
{
  return self->transfer != NULL && bijou_http_transfer_is_done (self->transfer);
}

/**
 * bijou_spare_connection_renew:
 * @self: a spare connection
 * @question: a GET of kind %BIJOU_HTTP_TRANSFER: those of other kinds may share connections that
 *   transfers do not use
 *
 * Sends it; nobody waits for the answer. Never blocks.
 */
void
bijou_spare_connection_renew (BijouSpareConnection *self, BijouHttpRequest *question)
{
  bijou_spare_connection_give_up (self);
  self->received = 0;
  self->transfer = bijou_http_transfer_start (self->http, question, &transfer_funcs, self);
}
