#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouWelcomePage:
 * From where servers are added: the first page of a new profile, and "Add Server…" later. Its steps
 * lie on top of each other; back goes from a step to the choice, and from the choice to the window
 * when there is something to go back to. Signal: `signed-in`.
 */
#define BIJOU_TYPE_WELCOME_PAGE (bijou_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouWelcomePage, bijou_welcome_page, BIJOU, WELCOME_PAGE, GtkWidget)

BijouWelcomePage *bijou_welcome_page_new (BijouContext *context, gboolean can_leave);
/* The step that signs in to a known server, or account, anew. */
void bijou_welcome_page_sign_in_again (BijouWelcomePage *self, BijouServer *server);
void bijou_welcome_page_sign_in_to_account (BijouWelcomePage *self, const BijouAccount *account);
/* %FALSE when there is no step to leave. */
gboolean bijou_welcome_page_go_back (BijouWelcomePage *self);

G_END_DECLS
