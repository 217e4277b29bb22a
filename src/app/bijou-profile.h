#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouProfile:
 * Where this run keeps its things: the XDG directories and GSettings, or one folder for all.
 * Immutable; any thread.
 */
typedef struct
{
  char *data_dir;      /* (owned) database, identity, secrets file */
  char *cache_dir;     /* (owned) films and pictures; may be deleted at any time */
  char *settings_file; /* (owned) (nullable) NULL: the desktop's GSettings */
} BijouProfile;

BijouProfile *bijou_profile_new (const char *folder, GError **error);
void bijou_profile_free (BijouProfile *self);
char *bijou_profile_get_file (BijouProfile *self, const char *name);
GSettings *bijou_profile_open_settings (BijouProfile *self);
/* The client identifier for an account, made at its first use and kept. Blocking, any thread. */
char *bijou_profile_dup_client_id (BijouProfile *self, const char *account);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouProfile, bijou_profile_free)

G_END_DECLS
