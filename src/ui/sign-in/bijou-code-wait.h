#pragma once

#include "bijou-sign-in.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouCodeWait:
 * Gets a code that is confirmed elsewhere, shows it in boxes, and waits: the part that a Plex
 * sign-in and Quick Connect share. An expired code is replaced by a new one. Main thread.
 *
 * Signals: `code` (BijouSignInCode *) when there is one, `confirmed` (GPtrArray of BijouSignedIn).
 */
#define BIJOU_TYPE_CODE_WAIT (bijou_code_wait_get_type ())
G_DECLARE_FINAL_TYPE (BijouCodeWait, bijou_code_wait, BIJOU, CODE_WAIT, GtkWidget)

/* @base_url NULL: the type's account service. */
void bijou_code_wait_begin (BijouCodeWait *self,
                            BijouContext *context,
                            const BijouBackendType *type,
                            const char *base_url,
                            const char *account_id);
void bijou_code_wait_stop (BijouCodeWait *self);

G_END_DECLS
