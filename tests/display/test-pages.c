#include "config.h"

#include "bijou-cache-file.h"
#include "bijou-card-grid.h"
#include "bijou-card.h"
#include "bijou-detail-page.h"
#include "bijou-rating-button.h"
#include "bijou-rating-stars.h"
#include "bijou-episode-row.h"
#include "bijou-home-page.h"
#include "bijou-item-text.h"
#include "bijou-library-page.h"
#include "bijou-test-library.h"
#include "bijou-texture-decode.h"

#include <adwaita.h>

/* Cards and pages in a window, as a user meets them. */

typedef struct
{
  GtkWindow *window;  /* (owned) by GTK until destroyed */
  GString *activated; /* (owned) what window actions were asked for */
} Stage;

static void
on_activate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Stage *stage = user_data;
  g_autofree char *text = g_variant_print (parameter, FALSE);

  g_string_append_printf (stage->activated, "%s %s;", g_action_get_name (G_ACTION (action)), text);
}

static void
add_actions (Stage *stage)
{
  static const char *names[][2] = {
    { "open-item", "s" },      { "play-item", "s" },        { "play-item-from", "(sx)" },
    { "set-watched", "(sb)" }, { "set-favourite", "(sb)" },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GSimpleAction) action =
          g_simple_action_new (names[i][0], G_VARIANT_TYPE (names[i][1]));

      g_signal_connect (action, "activate", G_CALLBACK (on_activate_cb), stage);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (GTK_WIDGET (stage->window), "win", G_ACTION_GROUP (group));
}

static Stage *
stage_new (GtkWidget *child, int width, int height)
{
  Stage *stage = g_new0 (Stage, 1);

  stage->window = GTK_WINDOW (gtk_window_new ());
  stage->activated = g_string_new (NULL);
  gtk_window_set_default_size (stage->window, width, height);
  gtk_window_set_decorated (stage->window, FALSE);
  add_actions (stage);
  gtk_window_set_child (stage->window, child);
  gtk_window_present (stage->window);
  return stage;
}

static void
stage_free (Stage *stage)
{
  gtk_window_destroy (stage->window);
  bijou_test_settle ();
  g_string_free (stage->activated, TRUE);
  g_free (stage);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static GtkWidget *
find_widget (GtkWidget *root, GType type)
{
  GtkWidget *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_widget (child, type);
  return found;
}

static gboolean
has_text (GtkWidget *root, const char *text)
{
  if (GTK_IS_LABEL (root) && gtk_widget_get_mapped (root) &&
      g_strcmp0 (gtk_label_get_text (GTK_LABEL (root)), text) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_text (child, text))
      return TRUE;
  return FALSE;
}

typedef struct
{
  GtkWidget *root;
  const char *text;
} Expected;

static gboolean
is_shown (gpointer data)
{
  Expected *expected = data;

  return has_text (expected->root, expected->text);
}

static void
wait_for_text (Stage *stage, const char *text)
{
  Expected expected = { GTK_WIDGET (stage->window), text };

  bijou_test_wait (is_shown, &expected);
}

/* --- texts --- */

static void
test_texts (void)
{
  g_autoptr (BijouItem) film = bijou_item_new (BIJOU_ITEM_MOVIE, "server", "1");
  g_autofree char *none = NULL;
  g_autofree char *left = NULL;
  g_autofree char *play = NULL;
  g_autofree char *name = NULL;

  g_free (film->title);
  film->title = g_strdup ("The Lantern Tide");
  film->duration_ms = 115 * 60000;
  none = bijou_item_text_left (film);
  g_assert_null (none);
  film->position_ms = 43 * 60000 + 12000;
  left = bijou_item_text_left (film);
  g_assert_cmpstr (left, ==, "1 h 12 min left");
  play = bijou_item_text_play (film);
  g_assert_cmpstr (play, ==, "Resume at 43:12");
  name = bijou_item_text_accessible (film, left);
  g_assert_cmpstr (name, ==, "The Lantern Tide, 1 h 12 min left");
}

/* --- pictures --- */

static GBytes *
make_png (int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  char *data;
  gsize size;

  gdk_pixbuf_fill (pixbuf, 0x336699ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, "png", NULL, NULL));
  return g_bytes_new_take (data, size);
}

static void
test_decode (void)
{
  g_autoptr (GBytes) bytes = make_png (600, 300);
  g_autoptr (GBytes) garbage = g_bytes_new_static ("<html>not found</html>", 22);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDecoded) decoded = bijou_decode_picture (bytes, 100, 150, &error);

  /* Covers 100 × 150 with its proportions kept. */
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (decoded->texture), ==, 300);
  g_assert_cmpint (gdk_texture_get_height (decoded->texture), ==, 150);
  g_assert_nonnull (decoded->average);
  g_assert_null (bijou_decode_picture (garbage, 100, 150, NULL));
  g_assert_null (bijou_decode_picture (nothing, 100, 150, &error));
  g_assert_nonnull (error);
}

/* --- cards --- */

static void
test_card_keys (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (1);
  g_autoptr (BijouItem) item = bijou_test_library_get (library, "film-0");
  GtkWidget *card = bijou_card_new (library->context, BIJOU_CARD_POSTER, BIJOU_CARD_BROWSE);
  g_autoptr (Stage) stage = NULL;

  bijou_card_set_item (BIJOU_CARD (card), item);
  stage = stage_new (card, 300, 400);
  g_assert_true (bijou_card_handle_key (BIJOU_CARD (card), GDK_KEY_space, 0));
  g_assert_true (bijou_card_handle_key (BIJOU_CARD (card), GDK_KEY_Return, 0));
  g_assert_true (bijou_card_handle_key (BIJOU_CARD (card), GDK_KEY_w, 0));
  g_assert_true (bijou_card_handle_key (BIJOU_CARD (card), GDK_KEY_d, GDK_CONTROL_MASK));
  g_assert_false (bijou_card_handle_key (BIJOU_CARD (card), GDK_KEY_x, 0));
  bijou_card_activate (BIJOU_CARD (card));
  g_assert_cmpstr (stage->activated->str, ==,
                   "play-item 'test-server:film-0';open-item 'test-server:film-0';"
                   "set-watched ('test-server:film-0', true);"
                   "set-favourite ('test-server:film-0', true);"
                   "open-item 'test-server:film-0';");
}

static void
test_card_plays (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (1);
  g_autoptr (BijouItem) item = bijou_test_library_get (library, "film-0");
  GtkWidget *card = bijou_card_new (library->context, BIJOU_CARD_STILL, BIJOU_CARD_CONTINUE);
  g_autoptr (Stage) stage = NULL;

  bijou_card_set_item (BIJOU_CARD (card), item);
  stage = stage_new (card, 300, 400);
  bijou_card_activate (BIJOU_CARD (card));
  g_assert_cmpstr (stage->activated->str, ==, "play-item 'test-server:film-0';");
  bijou_card_set_availability (BIJOU_CARD (card), BIJOU_CARD_NEEDS_SERVER);
  wait_for_text (stage, "Needs server");
}

static void
test_card_menu (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (1);
  g_autoptr (BijouItem) item = bijou_test_library_get (library, "film-0");
  GtkWidget *card = bijou_card_new (library->context, BIJOU_CARD_POSTER, BIJOU_CARD_BROWSE);
  g_autoptr (Stage) stage = NULL;
  GtkWidget *popover;

  bijou_card_set_item (BIJOU_CARD (card), item);
  stage = stage_new (card, 300, 400);
  bijou_test_settle ();
  g_assert_true (bijou_card_handle_key (BIJOU_CARD (card), GDK_KEY_Menu, 0));
  popover = find_widget (card, GTK_TYPE_POPOVER);
  g_assert_nonnull (popover);
  gtk_popover_popdown (GTK_POPOVER (popover));
  bijou_test_settle ();
  g_assert_null (find_widget (card, GTK_TYPE_POPOVER));
  /* Once more, and the card goes away while the menu is open. */
  bijou_card_show_menu (BIJOU_CARD (card), &GRAPHENE_POINT_INIT (10, 10));
}

/* --- the grid --- */

static gboolean
has_size (gpointer data)
{
  return gtk_widget_get_width (data) > 0;
}

static guint
count_columns (BijouTestLibrary *library, BijouWidthClass width_class, int width, int target)
{
  GtkWidget *grid = g_object_new (BIJOU_TYPE_CARD_GRID, NULL);
  g_autoptr (BijouItemModel) model = bijou_item_model_new (library->store);
  g_autoptr (Stage) stage = NULL;

  bijou_card_grid_set_context (BIJOU_CARD_GRID (grid), library->context);
  bijou_card_grid_set_model (BIJOU_CARD_GRID (grid), model);
  bijou_card_grid_set_layout (BIJOU_CARD_GRID (grid), width_class, target);
  stage = stage_new (grid, width, 500);
  bijou_test_wait (has_size, grid);
  return bijou_card_grid_get_columns (BIJOU_CARD_GRID (grid));
}

static void
test_columns (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (40);

  /* ⌊(w + gap) / (target + gap)⌋, w without the margins; narrow windows have three. */
  g_assert_cmpuint (count_columns (library, BIJOU_WIDTH_NARROW, 400, 150), ==, 3);
  g_assert_cmpuint (count_columns (library, BIJOU_WIDTH_NORMAL, 1039, 150), ==, 6);
  g_assert_cmpuint (count_columns (library, BIJOU_WIDTH_NORMAL, 1039, 220), ==, 4);
  g_assert_cmpuint (count_columns (library, BIJOU_WIDTH_NORMAL, 1039, 120), ==, 7);
}

/* --- pages --- */

static GtkWidget *
make_page (BijouTestLibrary *library, guint which)
{
  g_autoptr (BijouItem) item = NULL;
  static const char *ids[] = { "film-0", "show", "episode-5", "season-1" };

  if (which == 0)
    return bijou_home_page_new (library->context);
  if (which == 1)
    return bijou_library_page_new (library->context, library->films);
  if (which == 2)
    return bijou_library_page_new_for_query (library->context, "Favourites",
                                             &(BijouItemQuery){ .favourites_only = TRUE });
  item = bijou_test_library_get (library, ids[which - 3]);
  return bijou_detail_page_new (library->context, item);
}

static gboolean
is_gone (gpointer data)
{
  g_autoptr (GObject) object = g_weak_ref_get (data);

  return object == NULL;
}

/* Each page is closed at once, and after a few turns of the loop, with all that it asked for
 * running; nothing may be left of it. */
static void
test_closed (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (100);

  for (guint i = 0; i < 7 * 4; i++)
    {
      GtkWidget *page = make_page (library, i % 7);
      GWeakRef ref;
      Stage *stage;

      g_weak_ref_init (&ref, page);
      bijou_base_page_set_width_class (BIJOU_BASE_PAGE (page), (BijouWidthClass) (i % 4));
      stage = stage_new (page, i % 2 == 0 ? 400 : 1040, 600);
      for (guint turns = 0; turns < i; turns++)
        g_main_context_iteration (NULL, FALSE);
      stage_free (stage);
      bijou_test_wait (is_gone, &ref);
      g_weak_ref_clear (&ref);
    }
}

static void
test_home (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (10);
  g_autoptr (BijouItem) film = bijou_test_library_get (library, "film-0");
  g_autoptr (Stage) stage = stage_new (bijou_home_page_new (library->context), 1040, 800);
  g_autoptr (GError) error = NULL;

  wait_for_text (stage, "Recently Added in Films");
  wait_for_text (stage, "Recently Added in Series");
  g_assert_false (has_text (GTK_WIDGET (stage->window), "Continue Watching"));
  bijou_store_set_position (library->store, film, 3000000, FALSE, &error);
  g_assert_no_error (error);
  wait_for_text (stage, "Continue Watching");
  wait_for_text (stage, "50 min left");
}

static void
test_library (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (100);
  g_autoptr (Stage) stage =
      stage_new (bijou_library_page_new (library->context, library->films), 1040, 800);

  wait_for_text (stage, "100 films");
  wait_for_text (stage, "Ax Film 000000");
}

static void
test_library_empty (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (0);
  g_autoptr (Stage) stage =
      stage_new (bijou_library_page_new (library->context, library->films), 1040, 800);

  wait_for_text (stage, "No Films Yet");
}

static void
test_film (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (1);
  g_autoptr (BijouItem) film = bijou_test_library_get (library, "film-0");
  g_autoptr (Stage) stage = stage_new (bijou_detail_page_new (library->context, film), 1040, 800);
  g_autoptr (GError) error = NULL;

  wait_for_text (stage, "Ax Film 000000");
  wait_for_text (stage, "Play");
  bijou_store_set_position (library->store, film, 3000000, FALSE, &error);
  g_assert_no_error (error);
  wait_for_text (stage, "Resume at 50:00");
}

#define FILM_SIZE 1000000

static void
save_film_detail (BijouTestLibrary *library, BijouItem *film)
{
  g_autoptr (BijouDetail) detail = bijou_detail_new (film);
  BijouVersion *version = bijou_version_new ("version");
  BijouPart *part = bijou_part_new ("part", "key");
  g_autoptr (GError) error = NULL;

  part->size = FILM_SIZE;
  part->version_tag = g_strdup ("tag");
  g_ptr_array_add (version->parts, part);
  g_ptr_array_add (detail->versions, version);
  detail->fetched_at = g_get_real_time () / G_USEC_PER_SEC;
  bijou_store_save_detail (library->store, detail, &error);
  g_assert_no_error (error);
}

/* What another process, or an earlier run, left of the film. */
static void
keep_bytes (BijouTestLibrary *library, gint64 from, gint64 to)
{
  g_autofree char *folder = g_build_filename (library->folder, "cache", "films", NULL);
  g_autofree char *key =
      g_strdup_printf ("%s\nfilm-0\npart\n%d\ntag", BIJOU_TEST_SERVER, FILM_SIZE);
  g_autofree char *name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *bytes = g_malloc0 (FILM_SIZE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouCacheFile) file = bijou_cache_file_open (folder, name, &error);
  g_autoptr (BijouCacheClaims) claims = bijou_cache_claims_new ();

  g_assert_no_error (error);
  claims->server_id = g_strdup (BIJOU_TEST_SERVER);
  claims->item_id = g_strdup ("film-0");
  claims->part_id = g_strdup ("part");
  claims->size = FILM_SIZE;
  bijou_range_map_add (claims->extents, from, to);
  bijou_cache_file_write (file, 0, bytes, FILM_SIZE, &error);
  g_assert_no_error (error);
  bijou_cache_file_save (file, claims, bijou_cache_file_get_epoch (file), &error);
  g_assert_no_error (error);
}

/* What is here of a film is said as it is now: while bytes come, and where it will be resumed. */
static void
test_film_cache (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (1);
  g_autoptr (BijouItem) film = bijou_test_library_get (library, "film-0");
  g_autoptr (Stage) stage = NULL;
  g_autoptr (GError) error = NULL;

  save_film_detail (library, film);
  stage = stage_new (bijou_detail_page_new (library->context, film), 1040, 800);
  wait_for_text (stage, "Play");
  g_assert_false (has_text (GTK_WIDGET (stage->window), "All of it"));
  keep_bytes (library, 0, FILM_SIZE * 43 / 100);
  wait_for_text (stage, "43 %, plays to 43:00");
  keep_bytes (library, FILM_SIZE / 2, FILM_SIZE * 3 / 4);
  wait_for_text (stage, "25 %");
  bijou_store_set_position (library->store, film, 3000000, FALSE, &error);
  g_assert_no_error (error);
  wait_for_text (stage, "25 %, plays to 1:15:00");
  keep_bytes (library, 0, FILM_SIZE);
  wait_for_text (stage, "All of it");
}

/* --- ratings --- */

static void
on_rated_cb (BijouRatingButton *button, double rating, gpointer user_data)
{
  g_string_append_printf (user_data, "%g ", rating);
}

static GtkEventController *
find_key_controller (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        return controller;
    }
  g_assert_not_reached ();
}

static gboolean
press (GtkWidget *widget, guint keyval)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (find_key_controller (widget), "key-pressed", keyval, 0, 0, &taken);
  return taken;
}

static void
test_rating (void)
{
  GtkWidget *button = g_object_new (BIJOU_TYPE_RATING_BUTTON, NULL);
  g_autoptr (Stage) stage = stage_new (button, 300, 100);
  g_autoptr (GString) rated = g_string_new (NULL);
  GtkWidget *stars = find_widget (button, BIJOU_TYPE_RATING_STARS);

  g_signal_connect (button, "rated", G_CALLBACK (on_rated_cb), rated);
  bijou_rating_button_set_rating (BIJOU_RATING_BUTTON (button), 6.6);
  wait_for_text (stage, "3½");
  g_assert_cmpstr (rated->str, ==, "");
  g_assert_true (press (stars, GDK_KEY_Right));
  g_assert_true (press (stars, GDK_KEY_Down));
  g_assert_true (press (stars, GDK_KEY_End));
  g_assert_true (press (stars, GDK_KEY_Right));
  g_assert_true (press (stars, GDK_KEY_2));
  g_assert_true (press (stars, GDK_KEY_Delete));
  g_assert_true (press (stars, GDK_KEY_Left));
  g_assert_true (press (stars, GDK_KEY_Right));
  wait_for_text (stage, "½");
  g_assert_true (press (stars, GDK_KEY_0));
  g_assert_false (press (stars, GDK_KEY_x));
  g_assert_false (press (stars, GDK_KEY_Tab));
  g_assert_cmpstr (rated->str, ==, "8 7 10 10 4 -1 -1 1 -1 ");
  g_assert_false (has_text (GTK_WIDGET (stage->window), "½"));
}

static gboolean
is_row_in_sight (gpointer data)
{
  graphene_rect_t bounds;
  GtkWidget *root = data;
  GtkWidget *list = find_widget (root, GTK_TYPE_LIST_BOX);
  GtkListBoxRow *row = list != NULL ? gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 8) : NULL;

  return row != NULL && gtk_widget_has_css_class (GTK_WIDGET (row), "next") &&
         gtk_widget_compute_bounds (GTK_WIDGET (row), root, &bounds) && bounds.size.height > 0 &&
         bounds.origin.y >= 0 &&
         bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (root);
}

static void
test_series (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (0);
  g_autoptr (BijouItem) show = bijou_test_library_get (library, "show");
  g_autoptr (Stage) stage = stage_new (bijou_detail_page_new (library->context, show), 1040, 700);

  wait_for_text (stage, "8 of 12 watched");
  wait_for_text (stage, "UP NEXT");
  wait_for_text (stage, "Play S1 E9");
  bijou_test_wait (is_row_in_sight, stage->window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/pages/texts", test_texts);
  g_test_add_func ("/pages/decode", test_decode);
  g_test_add_func ("/pages/card-keys", test_card_keys);
  g_test_add_func ("/pages/card-plays", test_card_plays);
  g_test_add_func ("/pages/card-menu", test_card_menu);
  g_test_add_func ("/pages/columns", test_columns);
  g_test_add_func ("/pages/closed", test_closed);
  g_test_add_func ("/pages/home", test_home);
  g_test_add_func ("/pages/library", test_library);
  g_test_add_func ("/pages/library-empty", test_library_empty);
  g_test_add_func ("/pages/film", test_film);
  g_test_add_func ("/pages/film-cache", test_film_cache);
  g_test_add_func ("/pages/series", test_series);
  g_test_add_func ("/pages/rating", test_rating);
  return g_test_run ();
}
