-- Every column of text sorts by byte (COLLATE "C"): summaries order ties so, and comparing is cheaper.
CREATE TABLE "events" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"event_id" varchar(255) COLLATE "C" NOT NULL,
	"user_id" varchar(255) COLLATE "C" NOT NULL,
	"type" varchar(50) COLLATE "C" NOT NULL,
	"timestamp" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL,
	"metadata" jsonb NOT NULL,
	CONSTRAINT "events_account_id_event_id_pk" PRIMARY KEY("account_id","event_id")
) PARTITION BY HASH ("account_id");
--> statement-breakpoint
-- Eight partitions keep each index an eighth as deep and let vacuum and TOAST work side by side.
DO $$
BEGIN
	FOR remainder IN 0..7 LOOP
		EXECUTE format('CREATE TABLE events_p%s PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER %s)', remainder, remainder);
		-- Insert-only tables are otherwise vacuumed too rarely for index-only scans.
		EXECUTE format('ALTER TABLE events_p%s SET (autovacuum_vacuum_insert_scale_factor = 0.05)', remainder);
	END LOOP;
END $$;
--> statement-breakpoint
-- Covers the raw edges of a summary and its top users without a look at the rows.
CREATE INDEX "events_by_time" ON "events" USING btree ("account_id","timestamp") INCLUDE ("type","user_id");
--> statement-breakpoint
CREATE TABLE "event_counts" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"type" varchar(50) COLLATE "C" NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "event_counts_account_id_minute_type_pk" PRIMARY KEY("account_id","minute","type")
-- Room in each page lets a counter be updated in place, without touching the index.
) WITH (fillfactor = 75);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"event_id" varchar(255) COLLATE "C" NOT NULL,
	"row" text NOT NULL,
	"reason" varchar(50) NOT NULL,
	"sqlstate" varchar(5),
	"message" text NOT NULL,
	"attempts" integer NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"died_at" timestamp with time zone DEFAULT now() NOT NULL,
	"discarded_at" timestamp with time zone,
	"discard_reason" text,
	CONSTRAINT "dead_letters_account_id_event_id_pk" PRIMARY KEY("account_id","event_id")
);
--> statement-breakpoint
CREATE INDEX "dead_letters_by_time" ON "dead_letters" USING btree ("died_at");
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"key_id" varchar(32) PRIMARY KEY NOT NULL,
	"account_id" varchar(255) COLLATE "C",
	"name" varchar(100) NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "api_keys_by_account" ON "api_keys" USING btree ("account_id");
--> statement-breakpoint
CREATE TABLE "account_policies" (
	"account_id" varchar(255) COLLATE "C" PRIMARY KEY NOT NULL,
	"events_per_minute" integer,
	"max_pending_events" integer,
	"weight" double precision DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
