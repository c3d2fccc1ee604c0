CREATE TABLE "user_quarters" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"quarter" timestamp with time zone NOT NULL,
	"events" bigint NOT NULL,
	"counts" "bytea" NOT NULL,
	"folded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_quarters_account_id_quarter_pk" PRIMARY KEY("account_id","quarter")
);
--> statement-breakpoint
-- Read as a whole and often: unpacking would cost more than reading a little more.
ALTER TABLE "user_quarters" ALTER COLUMN "counts" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE TABLE "user_numbers" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"user_id" varchar(255) COLLATE "C" NOT NULL,
	"number" integer NOT NULL,
	CONSTRAINT "user_numbers_account_id_user_id_pk" PRIMARY KEY("account_id","user_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "user_numbers_by_number" ON "user_numbers" USING btree ("account_id","number");
