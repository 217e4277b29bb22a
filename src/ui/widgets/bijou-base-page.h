#pragma once

#include "bijou-context.h"
#include "bijou-width-class.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouBasePage:
 * What the window shows beside its sidebar: a widget with a `title`, made for one #BijouContext.
 *
 * The window binds its width class to `width-class`. `root` says that the page was reached from the
 * sidebar: folded, its header has the button for the sidebar; otherwise it has a back button. What
 * a page waits for is cancelled when it is disposed of. Main thread.
 */
#define BIJOU_TYPE_BASE_PAGE (bijou_base_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (BijouBasePage, bijou_base_page, BIJOU, BASE_PAGE, GtkWidget)

struct _BijouBasePageClass
{
  GtkWidgetClass parent_class;

  /* The width class is another one; called once at construction too. */
  void (*width_class_changed) (BijouBasePage *self, BijouWidthClass width_class);
};

BijouContext *bijou_base_page_get_context (BijouBasePage *self);
BijouStore *bijou_base_page_get_store (BijouBasePage *self);
GCancellable *bijou_base_page_get_cancellable (BijouBasePage *self);
const char *bijou_base_page_get_title (BijouBasePage *self);
void bijou_base_page_set_title (BijouBasePage *self, const char *title);
BijouWidthClass bijou_base_page_get_width_class (BijouBasePage *self);
void bijou_base_page_set_width_class (BijouBasePage *self, BijouWidthClass width_class);
void bijou_base_page_set_root (BijouBasePage *self, gboolean root);
/* What the sidebar marks while it is seen; NULL: what it marks for the page below. */
const char *bijou_base_page_get_place (BijouBasePage *self);
void bijou_base_page_set_place (BijouBasePage *self, const char *place);
gboolean bijou_base_page_get_filled (BijouBasePage *self);
void bijou_base_page_set_filled (BijouBasePage *self);
void bijou_base_page_set_header (BijouBasePage *self, AdwHeaderBar *header);

G_END_DECLS
