#include "config.h"

#include "bijou-detail-page.h"

#include "bijou-film-page.h"
#include "bijou-library-page.h"
#include "bijou-series-page.h"

static GtkWidget *
make_members_page (BijouContext *context, BijouItem *item)
{
  BijouItemQuery query = {
    .server_id = item->server_id,
    .parent_id = item->remote_id,
    .sort = BIJOU_SORT_INDEX,
  };

  bijou_context_refresh_members (context, item);
  return bijou_library_page_new_for_query (context, item->title, &query);
}

/**
 * bijou_detail_page_new:
 * @context: the context
 * @item: an item
 *
 * Returns: (transfer floating): the page that shows it
 */
GtkWidget *
bijou_detail_page_new (BijouContext *context, BijouItem *item)
{
  switch (item->kind)
    {
    case BIJOU_ITEM_SHOW:
      return bijou_series_page_new (context, item);
    case BIJOU_ITEM_SEASON:
    case BIJOU_ITEM_EPISODE:
      /* One that belongs to nothing is a film of its own. */
      return item->show_id != NULL ? bijou_series_page_new (context, item)
                                   : bijou_film_page_new (context, item);
    case BIJOU_ITEM_COLLECTION:
    case BIJOU_ITEM_PLAYLIST:
      return make_members_page (context, item);
    case BIJOU_ITEM_UNKNOWN:
    case BIJOU_ITEM_MOVIE:
    case BIJOU_ITEM_VIDEO:
    default:
      return bijou_film_page_new (context, item);
    }
}
