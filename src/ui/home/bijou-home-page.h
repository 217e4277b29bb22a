#pragma once

#include "bijou-base-page.h"

G_BEGIN_DECLS

/**
 * BijouHomePage:
 * What to watch now: the newest titles large, what was begun, what comes next, what was added.
 */
#define BIJOU_TYPE_HOME_PAGE (bijou_home_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouHomePage, bijou_home_page, BIJOU, HOME_PAGE, BijouBasePage)

GtkWidget *bijou_home_page_new (BijouContext *context);

G_END_DECLS
