#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouServerMood:
 * How a server stands, as far as people care; the most urgent last.
 */
typedef enum
{
  BIJOU_SERVER_CONNECTED,
  BIJOU_SERVER_CONNECTING, /* nothing is known yet */
  BIJOU_SERVER_OFFLINE,
  BIJOU_SERVER_STARTING,
  BIJOU_SERVER_SIGN_IN,
  BIJOU_SERVER_UNTRUSTED, /* its certificate is not the one that is trusted */
} BijouServerMood;

typedef struct
{
  BijouServerMood mood;
  BijouAddressClass address_class; /* while connected */
  gboolean busy;                   /* its addresses are being tried */
} BijouServerStatus;

/* What is shown does not flicker while addresses are tried again: the mood is that before. */
void bijou_server_status_read (BijouServerStatus *self, BijouContext *context, const char *id);
gboolean bijou_server_status_is_away (const BijouServerStatus *self);
const char *bijou_server_status_get_word (const BijouServerStatus *self);
const char *bijou_server_status_get_sentence (const BijouServerStatus *self);
const char *bijou_server_status_get_dot (const BijouServerStatus *self);
const char *bijou_address_class_get_word (BijouAddressClass address_class);

G_END_DECLS
