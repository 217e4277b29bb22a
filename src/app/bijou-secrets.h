#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouSecrets:
 * Where tokens are kept: the Secret Service, or, with none running, in a profile or with
 * BIJOU_SECRETS=file, a file of mode 0600 in the data directory. Blocking, thread-safe.
 */
#define BIJOU_TYPE_SECRETS (bijou_secrets_get_type ())
G_DECLARE_FINAL_TYPE (BijouSecrets, bijou_secrets, BIJOU, SECRETS, GObject)

BijouSecrets *bijou_secrets_new (const char *file, gboolean prefer_file);
gboolean bijou_secrets_has_keyring (BijouSecrets *self);
/* @name is "server/ID" or "account/ID". */
gboolean
bijou_secrets_store (BijouSecrets *self, const char *name, const char *secret, GError **error);
char *bijou_secrets_lookup (BijouSecrets *self, const char *name, GError **error);
/* What waits for the keyring ends, and nothing waits for it any more. */
void bijou_secrets_stop (BijouSecrets *self);
gboolean bijou_secrets_clear (BijouSecrets *self, const char *name, GError **error);

G_END_DECLS
