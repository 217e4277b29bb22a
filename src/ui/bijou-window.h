#pragma once

#include "bijou-context.h"
#include "bijou-base-page.h"
#include "bijou-play-choices.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouWindow:
 * The window: welcome, the pages beside their sidebar, or the player. It keeps the navigation
 * stack, its own width class, and the actions that bijou-navigation.h lists. Main thread.
 */
#define BIJOU_TYPE_WINDOW (bijou_window_get_type ())
G_DECLARE_FINAL_TYPE (BijouWindow, bijou_window, BIJOU, WINDOW, AdwApplicationWindow)

BijouWindow *bijou_window_new (AdwApplication *application, BijouContext *context);
BijouContext *bijou_window_get_context (BijouWindow *self);
void bijou_window_open_item (BijouWindow *self, const char *key);
/* @start_ms -1: resume where it was; @choices (transfer full) (nullable). */
void bijou_window_play_item (BijouWindow *self,
                             const char *key,
                             gint64 start_ms,
                             BijouPlayChoices *choices);
void bijou_window_push (BijouWindow *self, BijouBasePage *page);
void bijou_window_set_root (BijouWindow *self, BijouBasePage *page, const char *place);
/* Shows the page that is seen, where an open sidebar or the welcome page hides it. */
void bijou_window_show_page (BijouWindow *self);
void bijou_window_go_back (BijouWindow *self);
void bijou_window_toggle_sidebar (BijouWindow *self);
void bijou_window_add_toast (BijouWindow *self, AdwToast *toast);
void bijou_window_show_sign_in (BijouWindow *self);
/* @id: of a server, or of an account that is signed in to again. */
void bijou_window_sign_in_again (BijouWindow *self, const char *id);
void bijou_window_set_exit_at_end (BijouWindow *self, gboolean exit_at_end);
/* The page that is seen, NULL while there is none. */
BijouBasePage *bijou_window_get_page (BijouWindow *self);

/* in bijou-window-actions.c */
void bijou_window_class_install_actions (GtkWidgetClass *widget_class);

G_END_DECLS
