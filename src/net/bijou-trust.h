#pragma once

#include "bijou-server.h"

G_BEGIN_DECLS

/**
 * BijouTrust:
 * What the user decided about one server: public keys to be trusted though no authority vouches for
 * them, and headers that a proxy in front of it demands. Reference-counted and immutable; any
 * thread. The headers are secrets: they are never logged and never in a row.
 */
typedef struct _BijouTrust BijouTrust;

/* @pins: `sha256//BASE64` of public keys, separated by semicolons. @headers: `Name: value` lines.
 */
BijouTrust *bijou_trust_new (const char *pins, const char *headers);
BijouTrust *bijou_trust_ref (BijouTrust *self);
void bijou_trust_unref (BijouTrust *self);
const char *bijou_trust_get_pins (BijouTrust *self);
const char *bijou_trust_get_headers (BijouTrust *self);
guint bijou_trust_get_n_headers (BijouTrust *self);
const char *bijou_trust_get_header (BijouTrust *self, guint index, const char **value);
BijouTrust *bijou_trust_with_pins (BijouTrust *self, const char *pins);
BijouTrust *bijou_trust_with_headers (BijouTrust *self, const char *headers);

BijouTrust *bijou_trust_for_address (BijouTrust *self, const BijouAddress *address);

gboolean bijou_trust_has_pin (BijouTrust *self, const char *pin);
gboolean bijou_trust_check_pins (const char *pins);
gboolean bijou_trust_check_header (const char *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouTrust, bijou_trust_unref)

G_END_DECLS
