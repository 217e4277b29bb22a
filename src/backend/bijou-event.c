#include "config.h"

#include "bijou-event.h"

/**
 * bijou_event_new:
 * @kind: what happened
 * @remote_id: (nullable): to which item
 *
 * Returns: (transfer full): an event
 */
BijouEvent *
bijou_event_new (BijouEventKind kind, const char *remote_id)
{
  BijouEvent *self = g_new0 (BijouEvent, 1);

  self->kind = kind;
  self->remote_id = g_strdup (remote_id);
  return self;
}

/**
 * bijou_event_new_state:
 * @state: (transfer full): an item of which only the identifier and the play state are set
 *
 * Returns: (transfer full): an event of the kind %BIJOU_EVENT_STATE
 */
BijouEvent *
bijou_event_new_state (BijouItem *state)
{
  BijouEvent *self = bijou_event_new (BIJOU_EVENT_STATE, state->remote_id);

  self->state = state;
  return self;
}

/**
 * bijou_event_free:
 * @self: (transfer full): an event
 */
void
bijou_event_free (BijouEvent *self)
{
  g_free (self->remote_id);
  g_clear_object (&self->state);
  g_free (self);
}

/**
 * bijou_event_reply_clear:
 * @self: a reply
 *
 * Frees what @self holds.
 */
void
bijou_event_reply_clear (BijouEventReply *self)
{
  g_clear_pointer (&self->text, g_free);
  self->every_s = 0;
}
