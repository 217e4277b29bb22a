#pragma once

#include "bijou-http.h"

G_BEGIN_DECLS

/**
 * BijouSpareConnection:
 * Sees to a connection beside the one on which a film comes: a seek leaves that one in the middle
 * of a body, and would have to make a new one first, which takes a round trip, with TLS three. It
 * asks a small question now and then; what it was asked on is the one that the next request gets.
 */
typedef struct _BijouSpareConnection BijouSpareConnection;

BijouSpareConnection *bijou_spare_connection_new (BijouHttp *http);
void bijou_spare_connection_free (BijouSpareConnection *self);
gboolean bijou_spare_connection_is_ready (BijouSpareConnection *self);
void bijou_spare_connection_give_up (BijouSpareConnection *self);
void bijou_spare_connection_renew (BijouSpareConnection *self, BijouHttpRequest *question);

G_END_DECLS
