#include "config.h"

#include "bijou-http-private.h"

struct _BijouHttpTransfer
{
  gatomicrefcount references;
  BijouHttpLoop *loop;         /* (owned) */
  BijouHttpExchange *exchange; /* (owned) */
  BijouHttpTransferFuncs funcs;
  gpointer user_data;

  struct
  {
    GMutex lock;
    GCond cond;
    gboolean done;
    GError *error; /* (owned) (nullable) */
  } shared;
};

static gboolean
on_head_cb (BijouHttpResponse *response, gpointer user_data)
{
  BijouHttpTransfer *self = user_data;

  if (g_atomic_int_get (&self->exchange->cancelled))
    return FALSE;
  return self->funcs.head == NULL || self->funcs.head (response, self->user_data);
}

static gboolean
on_data_cb (const guint8 *data, gsize length, gpointer user_data)
{
  BijouHttpTransfer *self = user_data;

  return self->funcs.data == NULL || self->funcs.data (data, length, self->user_data);
}

static const BijouHttpTransferFuncs exchange_funcs = { on_head_cb, on_data_cb, NULL };

static void
on_done_cb (BijouHttpResponse *response, const GError *error, gpointer user_data)
{
  g_autoptr (BijouHttpTransfer) self = user_data;

  if (self->funcs.done != NULL)
    self->funcs.done (error, self->user_data);

  g_mutex_lock (&self->shared.lock);
  self->shared.done = TRUE;
  self->shared.error = error == NULL ? NULL : g_error_copy (error);
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_http_transfer_start:
 * @self: the client
 * @request: a GET of kind %BIJOU_HTTP_TRANSFER
 * @funcs: the receiver; copied
 * @user_data: for @funcs; must live until bijou_http_transfer_wait() returned
 *
 * Starts a streamed GET. Its functions run on the net thread. Any thread.
 *
 * Returns: (transfer full): the transfer
 */
BijouHttpTransfer *
bijou_http_transfer_start (BijouHttp *self,
                           BijouHttpRequest *request,
                           const BijouHttpTransferFuncs *funcs,
                           gpointer user_data)
{
  BijouHttpTransfer *transfer = g_new0 (BijouHttpTransfer, 1);

  g_return_val_if_fail (BIJOU_IS_HTTP (self), NULL);

  g_atomic_ref_count_init (&transfer->references);
  g_mutex_init (&transfer->shared.lock);
  g_cond_init (&transfer->shared.cond);
  transfer->loop = bijou_http_loop_ref (bijou_http_get_loop (self));
  transfer->funcs = *funcs;
  transfer->user_data = user_data;
  transfer->exchange = bijou_http_exchange_new (request, &exchange_funcs, on_done_cb,
                                                bijou_http_transfer_ref (transfer));
  bijou_http_loop_submit (transfer->loop, transfer->exchange);
  return transfer;
}

/**
 * bijou_http_transfer_resume:
 * @self: a transfer
 *
 * Goes on after its `data` returned %FALSE; those bytes are delivered again. Any thread.
 */
void
bijou_http_transfer_resume (BijouHttpTransfer *self)
{
  bijou_http_loop_resume (self->loop, self->exchange);
}

/**
 * bijou_http_transfer_cancel:
 * @self: a transfer
 *
 * Asks for its end; bijou_http_transfer_wait() tells when no function runs any more. Any thread,
 * also from its functions.
 */
void
bijou_http_transfer_cancel (BijouHttpTransfer *self)
{
  bijou_http_loop_cancel (self->loop, self->exchange);
}

/**
 * bijou_http_transfer_wait:
 * @self: a transfer
 * @error: return location
 *
 * Waits for the end. After it no function of the receiver runs. A body that is shorter than
 * promised is %BIJOU_ERROR_PROTOCOL. Any thread but the net thread.
 *
 * Returns: whether the whole body came
 */
gboolean
bijou_http_transfer_wait (BijouHttpTransfer *self, GError **error)
{
  gboolean success;

  g_assert (!bijou_http_loop_is_current (self->loop));

  g_mutex_lock (&self->shared.lock);
  while (!self->shared.done)
    g_cond_wait (&self->shared.cond, &self->shared.lock);
  success = self->shared.error == NULL;
  if (!success && error != NULL)
    *error = g_error_copy (self->shared.error);
  g_mutex_unlock (&self->shared.lock);
  return success;
}

/**
 * bijou_http_transfer_is_done:
 * @self: a transfer
 *
 * Whether it is over. Any thread.
 */
gboolean
bijou_http_transfer_is_done (BijouHttpTransfer *self)
{
  gboolean done;

  g_mutex_lock (&self->shared.lock);
  done = self->shared.done;
  g_mutex_unlock (&self->shared.lock);
  return done;
}

/**
 * bijou_http_transfer_ref:
 * @self: a transfer
 *
 * Returns: (transfer full): @self. Any thread.
 */
BijouHttpTransfer *
bijou_http_transfer_ref (BijouHttpTransfer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_http_transfer_unref:
 * @self: (transfer full): a transfer; a running one goes on. Any thread.
 */
void
bijou_http_transfer_unref (BijouHttpTransfer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  bijou_http_exchange_unref (self->exchange);
  bijou_http_loop_unref (self->loop);
  g_clear_error (&self->shared.error);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.cond);
  g_free (self);
}
