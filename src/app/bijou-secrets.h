#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_SECRETS_IN_KEYRING,
  BIJOU_SECRETS_IN_FILE,
  BIJOU_SECRETS_IN_MEMORY, /* the keyring does not take them now */
} BijouSecretsPlace;

/**
 * BijouSecrets:
 * Where tokens are kept: the Secret Service, or, with none running, in a profile or with
 * BIJOU_SECRETS=file, a file of mode 0600 in the data directory. Which of the two is decided once,
 * at the beginning: what a keyring does not take because it is locked or has gone is kept in memory
 * until it does, and is written to no file. Blocking, thread-safe.
 */
#define BIJOU_TYPE_SECRETS (bijou_secrets_get_type ())
G_DECLARE_FINAL_TYPE (BijouSecrets, bijou_secrets, BIJOU, SECRETS, GObject)

BijouSecrets *bijou_secrets_new (const char *file, gboolean prefer_file);
BijouSecretsPlace bijou_secrets_get_place (BijouSecrets *self);
/* @name is "server/ID" or "account/BACKEND/ID". */
gboolean
bijou_secrets_store (BijouSecrets *self, const char *name, const char *secret, GError **error);
char *bijou_secrets_lookup (BijouSecrets *self, const char *name, GError **error);
/* What waits for the keyring ends, and nothing waits for it any more. */
void bijou_secrets_stop (BijouSecrets *self);
gboolean bijou_secrets_clear (BijouSecrets *self, const char *name, GError **error);

G_END_DECLS
