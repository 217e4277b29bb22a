#pragma once

#include "bijou-item.h"

G_BEGIN_DECLS

typedef enum
{
  BIJOU_EVENT_STATE,   /* the play state of an item, with its values */
  BIJOU_EVENT_TOUCHED, /* the play state of an item changed: ask for it */
  BIJOU_EVENT_CHANGED, /* an item is new or reads differently: ask for it */
  BIJOU_EVENT_REMOVED, /* an item is said to be gone: ask whether it is */
  BIJOU_EVENT_LIBRARY, /* something in the libraries changed: a sync tells what */
} BijouEventKind;

/**
 * BijouEvent:
 * What a server says of its own accord. Made by a backend, then only read; any thread.
 */
typedef struct
{
  BijouEventKind kind;
  char *remote_id;  /* (owned) (nullable) the item; %NULL for LIBRARY */
  BijouItem *state; /* (owned) (nullable) STATE: its identifier and play state, and nothing else */
} BijouEvent;

BijouEvent *bijou_event_new (BijouEventKind kind, const char *remote_id);
BijouEvent *bijou_event_new_state (BijouItem *state);
void bijou_event_free (BijouEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouEvent, bijou_event_free)

/**
 * BijouEventReply:
 * What a server wants to hear on its socket, so that it keeps it open.
 */
typedef struct
{
  char *text;    /* (owned) (nullable) to be sent at once */
  guint every_s; /* and again so often, 0: no more */
} BijouEventReply;

void bijou_event_reply_clear (BijouEventReply *self);

G_END_DECLS
